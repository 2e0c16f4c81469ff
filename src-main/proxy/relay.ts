/** Passes an answer on as it comes, reading its usage in passing. */
import type { Clock, Outcome } from '../pool/types.ts'
import type { TokenUsage } from '../providers/types.ts'
import type { AdmittedCall } from './admission.ts'
import { answerHeaders, hardening } from './answer-headers.ts'
import type { Failure, HeldAnswer } from './attempt.ts'
import type { CallRecord } from './call-record.ts'
import { createMeterTap, type MeterTap } from './meter-tap.ts'
import { headerValue } from './raw-headers.ts'
import { createScrubber, type Scrubber } from './scrub.ts'
import type { Exchange, ProxyPool } from './types.ts'

interface RelayInput {
  answer: HeldAnswer
  call: AdmittedCall
  /** The pool that serves. */
  pool: ProxyPool
  record: CallRecord
  attempts: number
  secret: string
  clock: Clock
}

export interface RelayEnd {
  outcome: Outcome
  usage: TokenUsage | null
  errorCode: string | null
}

/** Sends head and body to the client. Settles when the answer has ended or broken; never rejects. */
export async function relayAnswer({ answer, call, pool, record, attempts, secret, clock }: RelayInput): Promise<RelayEnd> {
  const { exchange, cors } = call
  const encoding = headerValue(answer.headers, 'content-encoding')
  const contentType = headerValue(answer.headers, 'content-type') ?? ''
  const plain = encoding === undefined || encoding.trim().toLowerCase() === 'identity'
  if (/^text\/event-stream\b/i.test(contentType)) record.streamed = true
  const headers = answerHeaders({
    raw: answer.headers,
    status: answer.status,
    method: exchange.method,
    secret,
    slug: pool.slug,
    baseUrl: pool.baseUrl,
  })
  exchange.head(answer.status, [...headers, ...hardening, ...cors, ...record.headers(attempts)])
  record.firstByte(answer.status)
  const tap = createMeterTap(answer.status < 400 ? pool.provider.meter(contentType, () => clock.now()) : null, encoding)
  const failure = await pump(answer, exchange, { tap, record, scrubber: plain ? createScrubber(secret) : null })
  const { usage, error } = await tap.finish(failure === null)
  if (failure === null)
    return { outcome: error ?? { class: 'ok' }, usage, errorCode: error === null ? null : 'UPSTREAM_ERROR_IN_ANSWER' }
  if (failure === 'gone') return { outcome: { class: 'aborted' }, usage, errorCode: 'CLIENT_GONE' }
  return { outcome: { class: 'network', message: failure.code }, usage, errorCode: 'UPSTREAM_BROKE_OFF' }
}

interface Watchers {
  tap: MeterTap
  record: CallRecord
  scrubber: Scrubber | null
}

function pump(answer: HeldAnswer, exchange: Exchange, { tap, record, scrubber }: Watchers): Promise<Failure | 'gone' | null> {
  const write = (bytes: Uint8Array): boolean => {
    if (bytes.byteLength === 0) return true
    record.bytesOut += bytes.byteLength
    return exchange.write(bytes)
  }
  return new Promise((resolve) => {
    answer.relay({
      data(chunk) {
        tap.push(chunk)
        if (write(scrubber === null ? chunk : scrubber.push(chunk))) return true
        void exchange.drained().then(() => answer.resume())
        return false
      },
      end() {
        if (scrubber !== null) write(scrubber.flush())
        exchange.end()
        resolve(null)
      },
      fail(failure) {
        resolve(exchange.gone.aborted ? 'gone' : failure)
        // Cut, never ended: the client must not take half an answer for a whole one.
        exchange.abort()
      },
    })
  })
}
