/** Keys that a batch leaves out for a while, because they failed several times in a row. */
import type { Clock } from '../pool/types.ts'
import type { Member } from './members.ts'

export class Bans {
  readonly #clock: Clock
  readonly #threshold: number
  readonly #durationMs: number
  readonly #failures = new Map<string, number>()
  /** Engine id → end of the ban in mono ms, the earliest first: all bans are equally long. */
  readonly #ends = new Map<string, number>()
  readonly #current = new Set<string>()
  /** Primary key → end of its last ban. */
  readonly all = new Map<string, Date>()

  constructor(clock: Clock, threshold: number, durationMs: number) {
    this.#clock = clock
    this.#threshold = threshold
    this.#durationMs = durationMs
  }

  /** The engine ids of those left out now; the same set each time. */
  current(): ReadonlySet<string> {
    const now = this.#clock.mono()
    for (const [id, end] of this.#ends) {
      if (end > now) break
      this.#ends.delete(id)
      this.#current.delete(id)
      this.#failures.delete(id)
    }
    return this.#current
  }

  /** Ms until the first of them comes back; null when nobody is left out. */
  nextBackMs(): number | null {
    const [first] = this.#ends.values()
    return first === undefined ? null : Math.max(0, first - this.#clock.mono())
  }

  failed({ id, primaryKey }: Member<unknown>): void {
    const failures = (this.#failures.get(id) ?? 0) + 1
    this.#failures.set(id, failures)
    // A call that was under way when the ban began must not make it longer.
    if (failures < this.#threshold || this.#ends.has(id)) return
    this.#ends.set(id, this.#clock.mono() + this.#durationMs)
    this.#current.add(id)
    this.all.set(primaryKey, new Date(this.#clock.now() + this.#durationMs))
  }

  succeeded({ id }: Member<unknown>): void {
    this.#failures.delete(id)
  }
}
