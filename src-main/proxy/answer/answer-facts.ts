/** An upstream's answer as the provider's rules read it. */
import type { UpstreamAnswer } from '../../providers/types.ts'
import type { HeldAnswer } from '../attempt/attempt.ts'
import { headerReader, headerValue } from '../raw-headers.ts'
import { decode } from './meter-tap.ts'

/** The head of an answer, whose body is still to come. */
export function answerHead({ status, headers }: HeldAnswer): UpstreamAnswer {
  return { status, header: headerReader(headers), body: undefined }
}

/** An error answer with its body; one that is too long, damaged or not JSON is judged by status and headers alone. */
export async function wholeAnswer(answer: HeldAnswer): Promise<UpstreamAnswer> {
  const head = answerHead(answer)
  const { body } = answer
  if (body === null || body.byteLength === 0) return head
  const plain = await decode(head.header('content-encoding')?.trim().toLowerCase() ?? '', body)
  return plain === null ? head : { ...head, body: parseJson(plain) }
}

/** It is in a content coding, so that it cannot be read piece by piece. */
export function isEncoded({ headers }: HeldAnswer): boolean {
  return !['', 'identity'].includes(headerValue(headers, 'content-encoding')?.trim().toLowerCase() ?? '')
}

/** Undefined when it is not JSON. */
export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')) as unknown
  } catch {
    // Whoever sent it may send anything; the other side is the one to judge it.
    return undefined
  }
}
