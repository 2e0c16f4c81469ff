/** One request on one key: its answer held back until somebody decides whether the client gets it. */
import type { Clock } from '../../pool/types.ts'
import type { AttemptSink, Forwarder, RawHeaders, RunningAttempt, UpstreamAttempt } from '../types.ts'
import { type Opening, openingMaxMs } from './opening.ts'

export type Failure = Parameters<AttemptSink['fail']>[0]

/** Where an answer's body goes once it was decided that the client gets it. */
interface Relay {
  /** False = pause until `resume` of the answer is called. */
  data(chunk: Uint8Array): boolean
  end(): void
  fail(failure: Failure): void
}

export interface HeldAnswer {
  status: number
  headers: RawHeaders
  /** The whole body, or null when there is more than is held back. Only for answers that were gathered. */
  body: Uint8Array | null
  /** What was seen of the beginning of a good one; null = it was not looked at. */
  opening: Opening | null
  /** Passes on what is held and then the rest. May be called once. */
  relay(to: Relay): void
  resume(): void
  drop(): void
}

type AttemptResult = { kind: 'answer'; answer: HeldAnswer } | { kind: 'failed'; failure: Failure }

/** Enough for any error that a provider explains; what is longer is passed on unread. */
const maxHeld = 256 * 1024
/** Of an answer that will be passed on in any case: what comes in the same breath as its head. */
const maxUndecided = 64 * 1024

/** How answers that are no errors by their status are looked at; absent = not at all. */
export interface Watch {
  clock: Pick<Clock, 'after'>
  open(headers: RawHeaders): Opening | null
}

/**
 * Sends an attempt. Errors (400 and above) settle when their body is here, other answers when their opening was seen, or with
 * their head. Never rejects.
 */
export function startAttempt(
  forwarder: Forwarder,
  attempt: UpstreamAttempt,
  watch: Watch | null = null,
): { result: Promise<AttemptResult>; abort(): void } {
  const sink = new HoldingSink(watch)
  const running = forwarder.send(attempt, sink)
  sink.running = running
  return { result: sink.result, abort: () => running.abort() }
}

class HoldingSink implements AttemptSink {
  running: RunningAttempt | null = null
  readonly result: Promise<AttemptResult>
  #settle: (result: AttemptResult) => void = () => {}
  #head: { status: number; headers: RawHeaders } | null = null
  #held: Uint8Array[] = []
  #heldBytes = 0
  #relay: Relay | null = null
  #finished: 'end' | Failure | null = null
  readonly #watch: Watch | null
  #opening: Opening | null = null
  /** The opening is still being looked at. */
  #looking = false
  #settled = false
  #stopWaiting: () => void = () => {}

  constructor(watch: Watch | null) {
    this.#watch = watch
    this.result = new Promise((resolve) => {
      this.#settle = resolve
    })
  }

  sent(): void {}

  head(status: number, headers: RawHeaders): void {
    this.#head = { status, headers }
    if (status >= 400) return
    this.#opening = this.#watch?.open(headers) ?? null
    if (this.#watch === null || this.#opening === null) return this.#answer(null)
    this.#looking = true
    // Most answers come whole in the same breath as their heads, and then there is nothing to wait for.
    process.nextTick(() => this.#limitLooking())
  }

  #limitLooking(): void {
    if (this.#looking && this.#watch !== null) this.#stopWaiting = this.#watch.clock.after(openingMaxMs, () => this.#answer(null))
  }

  data(chunk: Uint8Array): boolean {
    if (this.#relay !== null) return this.#relay.data(chunk)
    // Copied: the chunk is the forwarder's again when this returns. (Buffer's own slice would not copy.)
    this.#held.push(Buffer.from(chunk))
    this.#heldBytes += chunk.byteLength
    if (this.#opening !== null && this.#looking) {
      if (this.#opening.push(chunk) && this.#heldBytes <= this.#opening.maxBytes) return true
      this.#answer(null)
    }
    if ((this.#head?.status ?? 0) < 400) return this.#heldBytes <= maxUndecided
    if (this.#heldBytes <= maxHeld) return true
    this.#answer(null)
    return false
  }

  end(): void {
    this.#finished = 'end'
    if (this.#relay !== null) this.#relay.end()
    else if (!this.#settled) this.#answer(this.#held.length === 1 ? (this.#held[0] ?? null) : Buffer.concat(this.#held))
  }

  fail(failure: Failure): void {
    this.#finished = failure
    if (this.#looking) this.#stopWaiting()
    this.#looking = false
    // Settling twice does nothing: after the head it is for the relay to say that the body broke.
    if (this.#relay !== null) this.#relay.fail(failure)
    else this.#settle({ kind: 'failed', failure })
  }

  #answer(body: Uint8Array | null): void {
    if (this.#head === null) return
    if (this.#looking) this.#stopWaiting()
    this.#looking = false
    this.#settled = true
    const { status, headers } = this.#head
    const answer: HeldAnswer = {
      status,
      headers,
      body,
      opening: this.#opening,
      relay: (to) => this.#attach(to),
      resume: () => this.running?.resume(),
      drop: () => this.running?.abort(),
    }
    this.#settle({ kind: 'answer', answer })
  }

  #attach(relay: Relay): void {
    this.#relay = relay
    let ready = true
    for (const chunk of this.#held) ready = relay.data(chunk) && ready
    this.#held = []
    if (this.#finished === 'end') relay.end()
    else if (this.#finished !== null) relay.fail(this.#finished)
    else if (ready) this.running?.resume()
  }
}
