/** Passes an answer on as it comes, reading its usage in passing. */
import type { AnswerError } from '../../gateway/types.ts'
import type { Clock, Outcome } from '../../pool/types.ts'
import type { TokenUsage } from '../../providers/types.ts'
import type { AdmittedCall } from '../admit/admission.ts'
import type { Failure, HeldAnswer } from '../attempt/attempt.ts'
import type { OpeningVerdict } from '../attempt/opening.ts'
import type { CallRecord } from '../call-record.ts'
import type { CallPlan, Serving } from '../plan/call-plan.ts'
import type { AnswerCopy } from '../plan/kept-answers.ts'
import { wireFormatOf } from '../plan/wire-format.ts'
import { headerValue } from '../raw-headers.ts'
import type { Exchange, RawHeaders } from '../types.ts'
import { isEncoded } from './answer-facts.ts'
import { answerHeaders, hardening } from './answer-headers.ts'
import { statusOf } from './error-status.ts'
import { createMeterTap, type MeterReading, type MeterTap } from './meter-tap.ts'
import { eventPassage, type Passage, translated, untouched, withoutUsage } from './passage.ts'
import { asWritten, createScrubber, type Scrubber } from './scrub.ts'

export interface RelayInput {
  answer: HeldAnswer
  call: AdmittedCall
  plan: CallPlan
  serving: Serving
  record: CallRecord
  attempts: number
  secret: string
  clock: Clock
  /** What was read of a whole answer already. */
  read: OpeningVerdict['read']
  /** Keeps a copy of what the client gets. */
  copy: AnswerCopy | null
  /** The answer is an error, whatever its status says. */
  error: Outcome | null
}

export interface RelayEnd {
  outcome: Outcome
  usage: TokenUsage | null
  errorCode: string | null
}

/** Sends head and body to the client. Settles when the answer has ended or broken; never rejects. */
export async function relayAnswer(input: RelayInput): Promise<RelayEnd> {
  const { answer, call, plan, serving, record, clock, secret } = input
  const encoding = headerValue(answer.headers, 'content-encoding')
  const contentType = headerValue(answer.headers, 'content-type') ?? ''
  const plain = !isEncoded(answer)
  const events = /^text\/event-stream\b/i.test(contentType)
  if (events) record.streamed = true
  const head = answerHead(input, serving.answer === null ? 'same' : plan.unified?.jsonArray === true ? 'json' : 'events')
  // SDKs look for an error by the status alone. What a pool's own address says stays as it is, and a stream says it in its format.
  sendHead(input, head, plan.unified === null || events ? answer.status : statusOf(answer.status, input.error))
  const meter = answer.status < 400 && input.read === null ? serving.pool.provider.meter(contentType, () => clock.now()) : null
  const tap = createMeterTap(meter, encoding)
  const passage = plain ? passageFor(input, events) : untouched
  const scrubber = plain ? createScrubber(secret) : null
  const watchers = { tap, record, passage, scrubber, copy: input.copy }
  const failure = await pump(answer, call.exchange, watchers)
  const read = input.read ?? tap.finish(failure === null)
  return relayEnd(failure, read instanceof Promise ? await read : read)
}

/** How an answer that was passed on has ended. */
export function relayEnd(failure: Failure | 'gone' | null, { usage, error }: MeterReading): RelayEnd {
  if (failure === null)
    return { outcome: error ?? { class: 'ok' }, usage, errorCode: error === null ? null : 'UPSTREAM_ERROR_IN_ANSWER' }
  if (failure === 'gone') return { outcome: { class: 'aborted' }, usage, errorCode: 'CLIENT_GONE' }
  return { outcome: { class: 'network', message: failure.code }, usage, errorCode: 'UPSTREAM_BROKE_OFF' }
}

/** The upstream's headers as the client may see them; `as` = what the body becomes. */
export function answerHead(
  { answer, call, serving, record, secret }: RelayInput,
  as: 'same' | 'events' | 'json' | 'text',
): RawHeaders {
  const { slug, baseUrl } = serving.pool
  const prefix = call.target.kind === 'pool' ? `/${slug}` : ''
  const headers = answerHeaders({
    raw: answer.headers,
    status: answer.status,
    method: call.exchange.method,
    secret,
    prefix,
    baseUrl,
    // Its length is another one without the usage.
    rewritten: as !== 'same' || (serving.hidesUsage && !isEncoded(answer)),
    retyped: as !== 'same',
    ownRates: record.credits.state !== null,
  })
  return as === 'same' ? headers : [...headers, 'content-type', contentTypes[as]]
}

const contentTypes = {
  events: 'text/event-stream; charset=utf-8',
  json: 'application/json; charset=utf-8',
  text: 'text/plain; charset=utf-8',
} as const

/** Sends the status and these headers, with what Keywheel itself has to say. */
export function sendHead(
  { answer, call, serving, record, attempts, copy }: RelayInput,
  headers: RawHeaders,
  status = answer.status,
): void {
  record.serving = serving
  copy?.headers(headers)
  call.exchange.head(status, headers.concat(hardening, call.cors, record.headers(attempts), record.credits.headers))
  record.firstByte(status)
}

function passageFor({ call, plan, serving, secret }: RelayInput, events: boolean): Passage {
  const stream = serving.answer?.stream?.()
  if (stream !== undefined) return translated(stream, createScrubber(asWritten(secret)))
  if (!events) return untouched
  const format = plan.unified?.format ?? (call.target.kind === 'pool' ? wireFormatOf(call.target.rest) : null)
  return serving.hidesUsage ? withoutUsage(format) : eventPassage(format)
}

interface Watchers {
  tap: MeterTap
  record: CallRecord
  passage: Passage
  scrubber: Scrubber | null
  copy: AnswerCopy | null
}

function pump(answer: HeldAnswer, exchange: Exchange, watchers: Watchers): Promise<Failure | 'gone' | null> {
  const { tap, record, passage, scrubber, copy } = watchers
  const write = (bytes: Uint8Array): boolean => {
    if (bytes.byteLength === 0) return true
    record.bytesOut += bytes.byteLength
    copy?.push(bytes)
    return exchange.write(bytes)
  }
  return new Promise((resolve) => {
    answer.relay({
      data(chunk) {
        tap.push(chunk)
        if (write(passage.push(scrubber === null ? chunk : scrubber.push(chunk)))) return true
        void exchange.drained().then(() => answer.resume())
        return false
      },
      end() {
        if (scrubber !== null) write(passage.push(scrubber.flush()))
        write(passage.end())
        exchange.end()
        resolve(null)
      },
      fail(failure) {
        const gone = exchange.isGone
        resolve(gone ? 'gone' : failure)
        // Cut, never ended: the client must not take half an answer for a whole one.
        exchange.abort(gone ? undefined : passage.fail(brokeOff(failure)))
      },
    })
  })
}

/** In mid-stream a status cannot be sent any more, but the error has one. */
function brokeOff({ code }: Failure): AnswerError {
  const late = /TIMEOUT|ETIMEDOUT/.test(code)
  const message = late
    ? 'The upstream fell silent in the midst of its answer.'
    : 'The connection to the upstream broke in the midst of its answer.'
  return { status: late ? 504 : 502, code: 'UPSTREAM_BROKE_OFF', message }
}
