/** Why a key does not serve, and the one thing that mends it. Pure. */
import type { Key, Meter } from '../../../src-preload/contract/index.ts'
import { meterLevel } from '../../parts/limits/meters.ts'

/** `extend` and `limits` lead to the fields where that is written. */
export type Mend = 'enable' | 'extend' | 'limits' | 'resume' | 'check'

export interface Standing {
  why: 'disabled' | 'expired' | 'invalid' | 'budget' | 'ownLimit' | 'accountLimit' | 'cooling' | 'exhausted'
  mend: Mend
  /** The limit that is used up. */
  meter: Meter | null
}

/** Why it is in its state, with the model that it is about. */
export function reasonOf({ model, reason }: Pick<Key, 'model' | 'reason'>): string | null {
  return model !== null && reason !== null ? `${model}: ${reason}` : reason
}

/** Null = it serves. `now` in ms since 1970. */
export function standingOf(key: Key, meters: readonly Meter[], now: number): Standing | null {
  if (!key.enabled) return { why: 'disabled', mend: 'enable', meter: null }
  if (key.expiresAt !== null && key.expiresAt <= now) return { why: 'expired', mend: 'extend', meter: null }
  switch (key.state) {
    case 'ready':
    case 'unchecked':
      return null
    case 'disabled':
      return { why: 'disabled', mend: 'enable', meter: null }
    case 'invalid':
      return { why: 'invalid', mend: 'check', meter: null }
    case 'cooling':
      return { why: 'cooling', mend: 'resume', meter: null }
    case 'exhausted':
      return usedUp(meters) ?? { why: 'exhausted', mend: 'resume', meter: null }
  }
}

/** Resuming forgets what a provider said, not what was counted: a day, month or budget that is used up stays so. */
function usedUp(meters: readonly Meter[]): Standing | null {
  const meter = meters.find((one) => one.windowSeconds === null && one.model === null && meterLevel(one) === 'full')
  if (!meter) return null
  if (meter.unit === 'usd') return { why: 'budget', mend: 'limits', meter }
  return { why: meter.scope === 'key' ? 'ownLimit' : 'accountLimit', mend: 'limits', meter }
}
