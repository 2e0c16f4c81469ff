/** Reads one request's body from node:http, and gives up on clients that send it too slowly. */
import type { IncomingMessage } from 'node:http'
import type { Clock } from '../../pool/types.ts'
import { headerValue } from '../raw-headers.ts'
import type { BodyReader } from '../types.ts'

/** An idle timer is not enough: an attacker sends a few bytes now and then. Averages over a window do. */
export interface BodyPace {
  windowMs: number
  minBytesPerSecond: number
}

type Sink = Parameters<BodyReader['start']>[0]

export class HttpBody implements BodyReader {
  readonly length: number | null
  readonly #request: IncomingMessage
  readonly #clock: Clock
  readonly #pace: BodyPace
  readonly #onStart: () => void
  #sink: Sink | null = null
  #started = false
  #bytesInWindow = 0
  #waitedFor = false
  #failure: string | null = null
  #stopWatch: (() => void) | null = null

  constructor(request: IncomingMessage, clock: Clock, pace: BodyPace, onStart: () => void) {
    this.#request = request
    this.#clock = clock
    this.#pace = pace
    this.#onStart = onStart
    const chunked = headerValue(request.rawHeaders, 'transfer-encoding') !== undefined
    this.length = chunked ? null : Number(headerValue(request.rawHeaders, 'content-length') ?? 0)
  }

  /** All of it has come. */
  get complete(): boolean {
    return this.#request.complete
  }

  start(sink: Sink): void {
    if (this.#started) throw new Error('a body can be read only once')
    this.#started = true
    if (this.#failure !== null) {
      sink.fail(this.#failure)
      return
    }
    this.#sink = sink
    this.#onStart()
    this.#waitedFor = true
    // Most bodies come in the same breath as their heads: all of it is here by then, and nobody has to be watched.
    process.nextTick(() => this.complete || this.#sink === null || this.#watch())
    this.#request
      .on('data', (chunk: Buffer) => {
        this.#bytesInWindow += chunk.byteLength
        this.#sink?.data(chunk)
      })
      .on('end', () => this.#finish((to) => to.end()))
  }

  pause(): void {
    this.#waitedFor = false
    this.#request.pause()
  }

  resume(): void {
    if (!this.#started) return
    this.#waitedFor = true
    this.#request.resume()
  }

  /** The client went away, or broke off in the middle. */
  fail(code: string): void {
    this.#failure ??= code
    this.#finish((to) => to.fail(code))
  }

  /** Reads on without giving the bytes to anyone, so that the connection can be used again. */
  discard(): void {
    this.#stopWatch?.()
    this.#sink = null
    this.#request.resume()
  }

  #finish(tell: (sink: Sink) => void): void {
    this.#stopWatch?.()
    const sink = this.#sink
    this.#sink = null
    if (sink !== null) tell(sink)
  }

  #watch(): void {
    const { windowMs, minBytesPerSecond } = this.#pace
    this.#stopWatch = this.#clock.after(windowMs, () => {
      const tooSlow = this.#waitedFor && this.#bytesInWindow < (minBytesPerSecond * windowMs) / 1000
      this.#bytesInWindow = 0
      if (tooSlow) this.fail('CLIENT_BODY_TOO_SLOW')
      else this.#watch()
    })
  }
}
