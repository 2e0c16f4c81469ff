/** Those who wait for a key of one pool: first come, first served, but nobody waits behind one whose model is not to be had. */
import { type Agenda, type AgendaItem, agendaItem } from './agenda.ts'
import { type Linked, LinkedList } from './linked-list.ts'
import type { ExhaustedReason, Lane, Lease, LeaseQuery } from './types.ts'

export interface Wait {
  kind: 'wait'
  /** Mono ms; null = no time is known. */
  wakeAt: number | null
  /** The end of a call under way may help sooner. */
  onRelease: boolean
  /** Some key waits for nothing but the end of a call. */
  onlyBusy: boolean
  /** What is in the way: the pool is full, no key is ready for this model, or only keys that this call cannot have. */
  scope: 'pool' | 'model' | 'call'
  /** A smaller call would be served. */
  sized: boolean
  /** What to say when that takes too long. */
  reason: ExhaustedReason
}

export type Settled = { kind: 'lease'; lease: Lease } | Exhausted
export interface Exhausted {
  kind: 'exhausted'
  reason: ExhaustedReason
  retryAfterMs: number | null
}

/** `since`: when the caller came, mono ms. */
export type Attempt = (query: LeaseQuery, now: number, since: number) => Settled | Wait

interface Waiter extends Linked<Waiter> {
  readonly seq: number
  readonly query: LeaseQuery
  readonly since: number
  readonly deadlineMs: number
  waiting: boolean
  readonly timeout: AgendaItem
  readonly resolve: (result: Settled) => void
  /** Stops listening for the abort. */
  readonly deafen: () => void
}

/** Waiters for one model. */
interface Line {
  readonly lanes: Record<Lane, LinkedList<Waiter>>
  /** What the first of them was told last, if that holds for those behind as well. */
  stuck: Wait | null
}

/** Whose turn it is in one line. */
interface Turn {
  readonly line: Line
  waiter: Waiter | null
  patience: number
}

/** Waiters of one line that may be passed over in one go because they cannot have the keys that are ready. */
const LOOKAHEAD = 64

export class WaitQueue {
  readonly #agenda: Agenda
  readonly #attempt: Attempt
  readonly #lines = new Map<string, Line>()
  readonly #wake: AgendaItem
  #wakeAt = 0
  #seq = 0
  #size = 0

  constructor(agenda: Agenda, attempt: Attempt) {
    this.#agenda = agenda
    this.#attempt = attempt
    this.#wake = agendaItem((now) => this.drain(now))
  }

  get size(): number {
    return this.#size
  }

  /** What a newcomer has to wait for behind those of its line who need more than is there, as of the last `drain`; else a stream of small calls would starve a big one. */
  ahead(query: LeaseQuery): Wait | null {
    const line = this.#lines.get(query.model ?? '')
    if (!line?.stuck?.sized) return null
    return laneOf(query) === 'background' || line.lanes.interactive.size > 0 ? line.stuck : null
  }

  /** Waits from `now` until `deadlineMs` (mono); `wait` is what the first attempt said. Rejects with the reason of `signal`. */
  join(
    query: LeaseQuery,
    wait: Wait,
    until: { now: number; deadlineMs: number; signal: AbortSignal | undefined },
  ): Promise<Settled> {
    const { now, deadlineMs, signal } = until
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        this.#leave(waiter)
        reject(signal?.reason as Error)
      }
      const waiter: Waiter = {
        seq: this.#seq++,
        query,
        since: now,
        deadlineMs,
        waiting: true,
        timeout: agendaItem((then) => this.#expire(waiter, then)),
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

  /** Serves whoever can be served now, the oldest first, but of one model those with a person waiting before all others. */
  drain(now: number): void {
    if (this.#size === 0) return
    const turns: Turn[] = [...this.#lines.values()].map((line) => {
      line.stuck = null
      return { line, waiter: firstOf(line), patience: LOOKAHEAD }
    })
    for (let turn = oldest(turns); turn?.waiter; turn = oldest(turns)) {
      // Read first: whoever is served leaves the list.
      const next = behind(turn.waiter, turn.line)
      const result = this.#serve(turn.waiter, now)
      if (result !== null && result.scope === 'pool') return
      if (result?.scope === 'call') turn.patience--
      if (result?.scope === 'model') turn.line.stuck = result
      turn.waiter = result?.scope === 'model' || turn.patience === 0 ? null : next
    }
  }

  /** Answers all of them the same: the pool is gone or the engine closes. */
  dismiss(result: Exhausted): void {
    for (const line of this.#lines.values()) {
      for (let waiter = firstOf(line); waiter; waiter = firstOf(line)) this.#settle(waiter, result)
    }
    this.#agenda.cancel(this.#wake)
  }

  /** Null = it was answered. */
  #serve(waiter: Waiter, now: number): Wait | null {
    const result = this.#attempt(waiter.query, now, waiter.since)
    if (result.kind !== 'wait') {
      this.#settle(waiter, result)
      return null
    }
    const verdict = hopeless(result, waiter.deadlineMs, now)
    if (verdict) {
      this.#settle(waiter, verdict)
      return null
    }
    this.#wakeBy(result.wakeAt)
    return result
  }

  #expire(waiter: Waiter, now: number): void {
    // The timer may be late: whoever can be served is served, in order.
    this.drain(now)
    if (!waiter.waiting) return
    const last = this.#attempt(waiter.query, now, waiter.since)
    this.#settle(waiter, last.kind === 'wait' ? timedOut(last, now) : last)
  }

  #settle(waiter: Waiter, result: Settled): void {
    this.#leave(waiter)
    waiter.resolve(result)
  }

  #enter(waiter: Waiter): void {
    const model = waiter.query.model ?? ''
    const line = this.#lines.get(model) ?? { lanes: { interactive: new LinkedList(), background: new LinkedList() }, stuck: null }
    this.#lines.set(model, line)
    line.lanes[laneOf(waiter.query)].push(waiter)
    this.#size++
    this.#agenda.schedule(waiter.timeout, waiter.deadlineMs)
  }

  #leave(waiter: Waiter): void {
    const model = waiter.query.model ?? ''
    const line = this.#lines.get(model)
    line?.lanes[laneOf(waiter.query)].remove(waiter)
    if (line && firstOf(line) === null) this.#lines.delete(model)
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

function laneOf(query: LeaseQuery): Lane {
  return query.lane ?? 'interactive'
}

function firstOf({ lanes }: Line): Waiter | null {
  return lanes.interactive.head ?? lanes.background.head
}

function behind(waiter: Waiter, { lanes }: Line): Waiter | null {
  return waiter.next ?? (laneOf(waiter.query) === 'interactive' ? lanes.background.head : null)
}

function oldest(turns: readonly Turn[]): Turn | undefined {
  let best: Turn | undefined
  for (const turn of turns) if (turn.waiter && (!best?.waiter || turn.waiter.seq < best.waiter.seq)) best = turn
  return best
}

/** Refuses at once when nobody can be ready before the deadline (mono ms); undefined = there is hope. */
export function hopeless(wait: Wait, deadlineMs: number, now: number): Exhausted | undefined {
  if (!wait.onRelease && wait.wakeAt !== null && wait.wakeAt > deadlineMs) {
    return { kind: 'exhausted', reason: wait.reason, retryAfterMs: wait.wakeAt - now }
  }
  return deadlineMs <= now ? timedOut(wait, now) : undefined
}

function timedOut(wait: Wait, now: number): Exhausted {
  return { kind: 'exhausted', reason: 'queue-timeout', retryAfterMs: wait.wakeAt === null ? null : wait.wakeAt - now }
}
