/** Has the provider read an error answer. */
import type { Outcome } from '../pool/types.ts'
import type { ProviderDefinition } from '../providers/types.ts'
import type { HeldAnswer } from './attempt.ts'
import { decode } from './meter-tap.ts'
import { headerValue } from './raw-headers.ts'

/** `now` in wall ms. A body that is too long, damaged or not JSON is judged by status and headers alone. */
export async function classifyError(provider: ProviderDefinition, answer: HeldAnswer, now: number): Promise<Outcome> {
  const header = (name: string) => headerValue(answer.headers, name.toLowerCase())
  return provider.classify({ status: answer.status, header, body: await jsonBody(answer) }, now)
}

async function jsonBody({ body, headers }: HeldAnswer): Promise<unknown> {
  if (body === null || body.byteLength === 0) return undefined
  const plain = await decode(headerValue(headers, 'content-encoding')?.trim().toLowerCase() ?? '', body)
  if (plain === null) return undefined
  try {
    return JSON.parse(Buffer.from(plain).toString('utf8')) as unknown
  } catch {
    return undefined
  }
}
