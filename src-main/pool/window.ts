/** The exact sliding window of one key: when its last calls were made. */

const FIRST_SIZE = 16

export class CallWindow {
  /** Calls on their way whose moment of arrival is not known yet: providers count arrivals, so they count until then. */
  #pending = 0
  #times = new Float64Array(FIRST_SIZE)
  #next = 0
  #count = 0
  #depth = 1
  #spanMs = 0

  /** A call is on its way. */
  open(): void {
    this.#pending++
  }

  /** The call has arrived at `now` (mono ms) at the latest. */
  settle(now: number): void {
    this.#pending--
    if (this.#count === this.#times.length && this.#mustGrow(now)) this.#grow()
    this.#times[this.#next] = now
    this.#next = (this.#next + 1) % this.#times.length
    if (this.#count < this.#times.length) this.#count++
  }

  /** The call was never sent. */
  cancel(): void {
    this.#pending--
  }

  /**
   * When a call may be made under `limit` calls (≥ 1) per `spanMs`: 0 = now, a mono time after `now`,
   * or -1 = only when a call on its way has arrived.
   */
  freeAt(limit: number, spanMs: number, now: number): number {
    if (limit > this.#depth) this.#depth = limit
    if (spanMs > this.#spanMs) this.#spanMs = spanMs
    const room = limit - this.#pending
    if (room <= 0) return -1
    if (this.#count < room) return 0
    const size = this.#times.length
    const until = (this.#times[(this.#next - room + size) % size] as number) + spanMs
    return until > now ? until : 0
  }

  #mustGrow(now: number): boolean {
    return this.#count < this.#depth && (this.#times[this.#next] as number) + this.#spanMs > now
  }

  #grow(): void {
    const size = this.#times.length
    const wider = new Float64Array(Math.min(size * 2, Math.max(size, this.#depth)))
    for (let i = 0; i < size; i++) wider[i] = this.#times[(this.#next + i) % size] as number
    this.#times = wider
    this.#next = size
  }
}
