/** Whether a key may be handed out now, and if not, until when. Pure. */
import type { KeyState } from './state.ts'
import type { Clock, PoolRules } from './types.ts'

export const READY = 0
/** Only the end of a call under way can free it. */
export const HELD = -1
/** No passing of time makes it ready. */
export const OUT = Number.POSITIVE_INFINITY

/** READY, HELD, OUT or a mono time after `now`. `model` '' looks at the whole key only. */
export function blockedUntil(key: KeyState, model: string, rules: PoolRules, now: number, clock: Clock): number {
  if (!key.enabled || isExpired(key, clock)) return OUT
  let until = key.whole === null ? 0 : key.whole.until
  if (model !== '' && key.models !== null) until = Math.max(until, key.models.get(model)?.until ?? 0)
  let held = rules.keyConcurrency > 0 && key.inFlight >= rules.keyConcurrency
  if (rules.rateLimit > 0 && key.window !== null) {
    const freeAt = key.window.freeAt(rules.rateLimit, rules.rateIntervalMs, now)
    if (freeAt === HELD) held = true
    else until = Math.max(until, freeAt)
  }
  if (until > now) return until
  return held ? HELD : READY
}

export function isExpired(key: KeyState, clock: Clock): boolean {
  return key.expiresAt !== null && key.expiresAt <= clock.now()
}
