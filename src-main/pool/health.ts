/** What people see of a key, and who is told when it changes. */
import { isExpired } from './readiness.ts'
import type { KeyState, Mark } from './state.ts'
import type { Clock, KeyHealth, OutcomeClass } from './types.ts'

interface HealthNote {
  health: KeyHealth
  reason: string | null
  /** Mono ms; null = not by itself. */
  until: number | null
}

const healthBy: Record<OutcomeClass, KeyHealth> = {
  ok: 'ready',
  'rate-short': 'cooling',
  'rate-daily': 'exhausted',
  'no-credit': 'exhausted',
  'key-invalid': 'invalid',
  // A model that this account does not have says nothing about the key.
  'model-unavailable': 'ready',
  overloaded: 'ready',
  'request-bad': 'ready',
  network: 'ready',
  aborted: 'ready',
}

/** The worst that holds now: switched off or expired, then a mark of the whole key, then the longest rate limit of a model. */
export function healthOf(key: KeyState, now: number, clock: Clock): HealthNote {
  if (!key.enabled) return { health: 'disabled', reason: null, until: null }
  if (isExpired(key, clock)) return { health: 'disabled', reason: 'expired', until: null }
  if (key.whole && key.whole.until > now) return noteOf(key.whole)
  let worst: Mark | null = null
  for (const mark of key.models?.values() ?? []) {
    if (mark.until <= now || healthBy[mark.outcome] === 'ready') continue
    if (worst === null || mark.until > worst.until) worst = mark
  }
  return worst ? noteOf(worst) : { health: 'ready', reason: null, until: null }
}

function noteOf(mark: Mark): HealthNote {
  const words = mark.reason ?? mark.outcome
  return {
    health: healthBy[mark.outcome],
    reason: mark.model === '' ? words : `${mark.model}: ${words}`,
    until: Number.isFinite(mark.until) ? mark.until : null,
  }
}

export class HealthBoard {
  readonly #clock: Clock
  readonly #listeners = new Set<(keyId: string) => void>()
  readonly #changed = new Set<string>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Brings the key's health and its pools' counts up to date. */
  refresh(key: KeyState, now: number): void {
    const { health } = healthOf(key, now, this.#clock)
    if (health === key.health) return
    const step = Number(health === 'ready') - Number(key.health === 'ready')
    for (const pool of key.pools.keys()) pool.ready += step
    key.health = health
    this.changed(key)
  }

  /** Something that people see of this key is new; they are told by the next `publish`. */
  changed(key: KeyState): void {
    this.#changed.add(key.id)
  }

  /** Tells the listeners; called when the engine is at rest, so that they may call it. */
  publish(): void {
    if (this.#changed.size === 0) return
    const ids = [...this.#changed]
    this.#changed.clear()
    for (const id of ids) for (const listener of this.#listeners) listener(id)
  }

  subscribe(listener: (keyId: string) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
