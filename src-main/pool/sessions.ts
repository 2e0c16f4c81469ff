/** Which key serves which session of a pool: bounded, the longest unused is forgotten first. */
import type { KeyState } from './state.ts'

const SESSIONS = 10_000

export class Sessions {
  /** In the order of their last use. */
  readonly #keys = new Map<string, KeyState>()

  of(session: string): KeyState | undefined {
    return this.#keys.get(session)
  }

  /** The session has just been served by this key, and stays with it. */
  stay(session: string, key: KeyState): void {
    this.#keys.delete(session)
    this.#keys.set(session, key)
    if (this.#keys.size <= SESSIONS) return
    const [oldest] = this.#keys.keys()
    if (oldest !== undefined) this.#keys.delete(oldest)
  }
}
