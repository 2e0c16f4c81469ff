/** Cuts attempts that wait too long for a socket: one timer for all of them, since nearly every attempt has one at once. */
import { type Linked, LinkedList } from '../../pool/linked-list.ts'

/** How late a wait may be cut, at most. */
const tickMs = 250

export interface Waiting extends Linked<Waiting> {
  /** Mono ms. */
  due: number
  cut(): void
}

export class QueueWatch {
  readonly #waiting = new LinkedList<Waiting>()
  #ticking = false

  /** From now on `cut` is called when `ms` have passed, unless the wait has ended before. */
  begin(wait: Waiting, ms: number): void {
    wait.due = performance.now() + ms
    this.#waiting.push(wait)
    if (!this.#ticking) this.#tickIn(Math.min(tickMs, ms))
  }

  /** Once for each that has begun. */
  end(wait: Waiting): void {
    this.#waiting.remove(wait)
  }

  #tickIn(ms: number): void {
    this.#ticking = true
    setTimeout(() => this.#tick(), ms).unref()
  }

  #tick(): void {
    this.#ticking = false
    const now = performance.now()
    for (let wait = this.#waiting.head; wait !== null; ) {
      const { next } = wait
      if (wait.due <= now) wait.cut()
      wait = next
    }
    if (this.#waiting.head !== null) this.#tickIn(tickMs)
  }
}
