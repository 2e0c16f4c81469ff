/** What people see of a key, and who is told when it changes. */
import type { Mark } from './marks.ts'
import { isExpired } from './readiness.ts'
import type { KeyState } from './state.ts'
import type { Clock, KeyHealth, OutcomeClass } from './types.ts'

export interface HealthNote {
  health: KeyHealth
  reason: string | null
  /** Mono ms; null = not by itself. */
  until: number | null
}

/** The worst that holds now: switched off or expired, then a mark of the whole key, then the longest rate limit of a model. */
export function healthOf(key: KeyState, now: number, clock: Clock): HealthNote {
  if (!key.enabled) return { health: 'disabled', reason: null, until: null }
  if (isExpired(key, clock)) return { health: 'disabled', reason: 'expired', until: null }
  if (key.whole && key.whole.until > now) return noteOf(key.whole)
  let worst: Mark | null = null
  for (const mark of key.models?.values() ?? []) {
    // A model that this account does not have says nothing about the key.
    if (mark.outcome === 'model-unavailable' || mark.until <= now) continue
    if (worst === null || mark.until > worst.until) worst = mark
  }
  return worst ? noteOf(worst) : { health: 'ready', reason: null, until: null }
}

function noteOf(mark: Mark): HealthNote {
  const words = mark.reason ?? mark.outcome
  return {
    health: healthFor(mark.outcome),
    reason: mark.model === '' ? words : `${mark.model}: ${words}`,
    until: Number.isFinite(mark.until) ? mark.until : null,
  }
}

function healthFor(outcome: OutcomeClass): KeyHealth {
  switch (outcome) {
    case 'key-invalid':
      return 'invalid'
    case 'no-credit':
    case 'rate-daily':
      return 'exhausted'
    case 'rate-short':
      return 'cooling'
    case 'ok':
    case 'model-unavailable':
    case 'overloaded':
    case 'request-bad':
    case 'network':
    case 'aborted':
      return 'ready'
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
    for (const pool of key.members.keys()) pool.ready += step
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
