/** A limit and how much of it is used, in the words of people and scripts. */
import type { Meter } from '../../../src-preload/contract/index.ts'
import type { MeterView, PoolEngine, Window } from '../../pool/types.ts'
import type { KeyRow } from '../../storage/types.ts'

const nanosPerUsd = 1e9
const dayMs = 86_400_000

/** Every limit that a key lives under; what is counted without a limit is none. */
export function metersOf(key: Pick<KeyRow, 'id'>, engine: Pick<PoolEngine, 'meters'>): Meter[] {
  return engine
    .meters(key.id)
    .filter(({ limit }) => Number.isFinite(limit))
    .map(meterView)
}

function meterView(meter: MeterView): Meter {
  const { scope, model, unit, window, source, resetsAt, endsAt } = meter
  const money = unit === 'nanos'
  const amount = (units: number) => (money ? units / nanosPerUsd : units)
  return {
    scope: scope === 'bucket' ? 'account' : 'key',
    model: model === '' ? null : model,
    unit: money ? 'usd' : unit,
    per: perOf(window),
    windowSeconds: window !== 'forever' && 'slideMs' in window ? window.slideMs / 1000 : null,
    limit: amount(meter.limit),
    used: amount(meter.used),
    reserved: amount(meter.reserved),
    resetsAt: whole(resetsAt),
    source,
    pace: amount(meter.pace),
    endsAt: whole(endsAt),
  }
}

function whole(at: number | null): number | null {
  return at === null ? null : Math.round(at)
}

function perOf(window: Window): Meter['per'] {
  if (window === 'forever') return 'total'
  if (!('slideMs' in window)) return window.calendar
  if (window.slideMs === 60_000) return 'minute'
  return window.slideMs === dayMs ? 'day' : 'other'
}
