/** Those who wait for a key of one pool: first come, first served, but nobody waits behind one whose model is not to be had. */
import { type Agenda, type AgendaItem, agendaItem } from './agenda.ts'
import { type Linked, LinkedList } from './linked-list.ts'
import type { ExhaustedReason, Lease, LeaseQuery } from './types.ts'

export interface Wait {
  kind: 'wait'
  /** Mono ms; null = no time is known. */
  wakeAt: number | null
  /** A call under way may end sooner. */
  onRelease: boolean
  /** What is in the way: the pool is full, no key is ready for this model, or only keys that this call has tried. */
  scope: 'pool' | 'model' | 'call'
}

export type Settled = { kind: 'lease'; lease: Lease } | Exhausted
export interface Exhausted {
  kind: 'exhausted'
  reason: ExhaustedReason
  retryAfterMs: number | null
}

interface Waiter extends Linked<Waiter> {
  readonly seq: number
  readonly query: LeaseQuery
  readonly deadlineMs: number
  readonly lane: string
  waiting: boolean
  readonly timeout: AgendaItem
  readonly resolve: (result: Settled) => void
  /** Stops listening for the abort. */
  readonly deafen: () => void
}

/** Whose turn it is in one lane. */
interface Turn {
  waiter: Waiter | null
  patience: number
}

/** Waiters of one lane that may be passed over in one go because they have tried every key that is ready. */
const LOOKAHEAD = 64

export class WaitQueue {
  readonly #agenda: Agenda
  readonly #attempt: (query: LeaseQuery, now: number) => Settled | Wait
  /** Waiters by model. */
  readonly #lanes = new Map<string, LinkedList<Waiter>>()
  readonly #wake: AgendaItem
  #wakeAt = 0
  #seq = 0
  #size = 0

  constructor(agenda: Agenda, attempt: (query: LeaseQuery, now: number) => Settled | Wait) {
    this.#agenda = agenda
    this.#attempt = attempt
    this.#wake = agendaItem((now) => this.drain(now))
  }

  get size(): number {
    return this.#size
  }

  /** Waits until `deadlineMs` (mono); `wait` is what the first attempt said. Rejects with the reason of `signal`. */
  join(query: LeaseQuery, deadlineMs: number, wait: Wait, signal: AbortSignal | undefined): Promise<Settled> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#leave(waiter)
        reject(signal?.reason as Error)
      }
      const waiter: Waiter = {
        seq: this.#seq++,
        query,
        deadlineMs,
        lane: query.model ?? '',
        waiting: true,
        timeout: agendaItem((now) => this.#expire(waiter, now)),
        resolve,
        deafen: () => signal?.removeEventListener('abort', onAbort),
        prev: null,
        next: null,
      }
      signal?.addEventListener('abort', onAbort)
      this.#enter(waiter)
      this.#wakeBy(wait.wakeAt)
    })
  }

  /** Serves whoever can be served now, the oldest first. */
  drain(now: number): void {
    if (this.#size === 0) return
    const turns: Turn[] = [...this.#lanes.values()].map((lane) => ({ waiter: lane.head, patience: LOOKAHEAD }))
    for (let turn = oldest(turns); turn?.waiter; turn = oldest(turns)) {
      // Read first: whoever is served leaves the list.
      const { next } = turn.waiter
      const result = this.#serve(turn.waiter, now)
      if (result === 'pool') return
      if (result === 'call') turn.patience--
      turn.waiter = result === 'model' || turn.patience === 0 ? null : next
    }
  }

  /** Answers all of them the same: the pool is gone or the engine closes. */
  dismiss(result: Exhausted): void {
    for (const lane of this.#lanes.values()) while (lane.head) this.#settle(lane.head, result)
    this.#agenda.cancel(this.#wake)
  }

  #serve(waiter: Waiter, now: number): 'next' | Wait['scope'] {
    const result = this.#attempt(waiter.query, now)
    if (result.kind !== 'wait') {
      this.#settle(waiter, result)
      return 'next'
    }
    const verdict = hopeless(result, waiter.deadlineMs, now)
    if (verdict) {
      this.#settle(waiter, verdict)
      return 'next'
    }
    this.#wakeBy(result.wakeAt)
    // What keeps a call from a key that it has tried says nothing about those behind it.
    return result.scope === 'model' && waiter.query.exclude?.size ? 'call' : result.scope
  }

  #expire(waiter: Waiter, now: number): void {
    // The timer may be late: whoever can be served is served, in order.
    this.drain(now)
    if (!waiter.waiting) return
    const last = this.#attempt(waiter.query, now)
    this.#settle(waiter, last.kind === 'wait' ? timedOut(last, now) : last)
  }

  #settle(waiter: Waiter, result: Settled): void {
    this.#leave(waiter)
    waiter.resolve(result)
  }

  #enter(waiter: Waiter): void {
    const lane = this.#lanes.get(waiter.lane) ?? new LinkedList<Waiter>()
    this.#lanes.set(waiter.lane, lane)
    lane.push(waiter)
    this.#size++
    this.#agenda.schedule(waiter.timeout, waiter.deadlineMs)
  }

  #leave(waiter: Waiter): void {
    const lane = this.#lanes.get(waiter.lane)
    lane?.remove(waiter)
    if (lane?.size === 0) this.#lanes.delete(waiter.lane)
    this.#size--
    this.#agenda.cancel(waiter.timeout)
    waiter.waiting = false
    waiter.deafen()
  }

  #wakeBy(at: number | null): void {
    if (at === null || (this.#wake.at >= 0 && this.#wakeAt <= at)) return
    this.#wakeAt = at
    this.#agenda.schedule(this.#wake, at)
  }
}

function oldest(turns: readonly Turn[]): Turn | undefined {
  let best: Turn | undefined
  for (const turn of turns) if (turn.waiter && (!best?.waiter || turn.waiter.seq < best.waiter.seq)) best = turn
  return best
}

/** Refuses at once when nobody can be ready before the deadline (mono ms); undefined = there is hope. */
export function hopeless(wait: Wait, deadlineMs: number, now: number): Exhausted | undefined {
  if (!wait.onRelease && wait.wakeAt !== null && wait.wakeAt > deadlineMs) {
    return { kind: 'exhausted', reason: 'none-usable', retryAfterMs: wait.wakeAt - now }
  }
  return deadlineMs <= now ? timedOut(wait, now) : undefined
}

function timedOut(wait: Wait, now: number): Exhausted {
  return { kind: 'exhausted', reason: 'queue-timeout', retryAfterMs: wait.wakeAt === null ? null : wait.wakeAt - now }
}
