/** An answer that has to be whole before the client can have it: put into another format, or told as its text alone. */
import { Untranslatable } from '../../gateway/types.ts'
import type { Refusal } from '../admit/request-checks.ts'
import type { Failure, HeldAnswer } from '../attempt/attempt.ts'
import { headerValue } from '../raw-headers.ts'
import { isEncoded, parseJson } from './answer-facts.ts'
import { statusOf } from './error-status.ts'
import { decode } from './meter-tap.ts'
import { answerHead, type RelayEnd, type RelayInput, relayEnd, sendHead } from './relay.ts'
import { asWritten, createScrubber, type Scrubber } from './scrub.ts'

/** Answers beyond this are not converted. */
const maxBytes = 64 * 1024 * 1024

/** Whether this answer must be gathered instead of being passed on piece by piece. */
export function mustBeWhole({ answer, plan, serving }: Pick<RelayInput, 'answer' | 'plan' | 'serving'>): boolean {
  if (plan.present !== null && answer.status < 400) return true
  return (
    serving.answer !== null &&
    (answer.status >= 400 || serving.answer.stream === undefined || !isStream(answer) || isEncoded(answer))
  )
}

function isStream({ headers }: HeldAnswer): boolean {
  return /^text\/event-stream\b/i.test(headerValue(headers, 'content-type') ?? '')
}

/** Sends the converted answer; `refuse` answers for one that cannot be converted. Never rejects. */
export async function convertAnswer(input: RelayInput, refuse: (refusal: Refusal) => void): Promise<RelayEnd> {
  const { answer, call, plan, serving, record, clock, secret } = input
  const gathered = answer.body === null ? await gather(answer) : { failure: null, body: answer.body }
  const coding = headerValue(answer.headers, 'content-encoding')?.trim().toLowerCase() ?? ''
  const body = gathered.body === null ? null : await decode(coding, gathered.body)
  const { failure } = gathered
  if (call.exchange.isGone) return relayEnd('gone', unread)
  const meter = answer.status < 400 ? serving.pool.provider.meter('application/json', () => clock.now()) : null
  if (body !== null) meter?.push(body)
  const read = input.read ?? meter?.finish(failure === null) ?? unread
  if (body === null) {
    refuse(failure === null ? tooLong : brokeOff)
    return failure === null ? { ...relayEnd(null, read), errorCode: tooLong.code } : relayEnd(failure, read)
  }
  const said = wordsOf(input, parseJson(scrubbed(body, createScrubber(secret))))
  if (said === null) {
    refuse(notUnderstood)
    return { ...relayEnd(null, read), errorCode: notUnderstood.code }
  }
  const bytes = scrubbed(Buffer.from(said.text), createScrubber(plan.present === null ? asWritten(secret) : secret))
  sendHead(
    input,
    [...answerHead(input, plan.present !== null && said.status < 400 ? 'text' : 'json'), 'content-length', String(bytes.length)],
    said.status,
  )
  input.copy?.converted(bytes)
  call.exchange.write(bytes)
  call.exchange.end()
  record.bytesOut = bytes.length
  return relayEnd(null, read)
}

const unread = { usage: null, error: null }

/** Null = it is nothing that the client's format can say. */
function wordsOf({ answer, plan, serving, error }: RelayInput, body: unknown): { status: number; text: string } | null {
  const status = statusOf(answer.status, error)
  try {
    const whole = serving.answer === null ? (body as Record<string, unknown> | undefined) : serving.answer.whole(status, body)
    if (whole === undefined) return null
    return { status, text: plan.present === null || status >= 400 ? JSON.stringify(whole) : plan.present(whole) }
  } catch (problem) {
    if (problem instanceof Untranslatable) return null
    throw problem
  }
}

function scrubbed(body: Uint8Array, scrubber: Scrubber): Uint8Array {
  return Buffer.concat([scrubber.push(body), scrubber.flush()])
}

/** Null as the body: there is too much of it, or it broke off. */
function gather(answer: HeldAnswer): Promise<{ body: Uint8Array | null; failure: Failure | null }> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  return new Promise((resolve) => {
    answer.relay({
      data(chunk) {
        bytes += chunk.byteLength
        if (bytes > maxBytes) answer.drop()
        // Copied: a chunk is the giver's again when this returns.
        else chunks.push(Buffer.from(chunk))
        return true
      },
      end: () => resolve({ body: Buffer.concat(chunks), failure: null }),
      fail: (failure) => resolve({ body: null, failure: bytes > maxBytes ? null : failure }),
    })
  })
}

const tooLong: Refusal = {
  status: 502,
  code: 'ANSWER_TOO_LARGE',
  message: 'The answer is longer than 64 MiB, which is too much to convert.',
}
const brokeOff: Refusal = {
  status: 502,
  code: 'UPSTREAM_BROKE_OFF',
  message: 'The connection to the upstream broke in the midst of its answer.',
}
const notUnderstood: Refusal = {
  status: 502,
  code: 'UPSTREAM_BAD_ANSWER',
  message: "The upstream's answer is nothing that its API describes, so it cannot be converted.",
}
