/** What a list of limits says: which is nearest, which are used up, which belong together. Pure. */
import type { Meter } from '../../../src-preload/contract/index.ts'

/** `none`: a limit of 0, the model is not to be had; `near`: four fifths are gone. */
export type MeterLevel = 'free' | 'near' | 'full' | 'none'

/** Used and reserved part of the limit, 0 to 1. */
export function meterShare({ used, reserved, limit }: Meter): number {
  return limit === 0 ? 1 : Math.min(1, (used + reserved) / limit)
}

export function meterLevel(meter: Meter): MeterLevel {
  if (meter.limit === 0) return 'none'
  const share = meterShare(meter)
  return share >= 1 ? 'full' : share >= 0.8 ? 'near' : 'free'
}

/** The limit of which most is used; among equals the one that ends first. Undefined where nothing is limited. */
export function nearestMeter(meters: readonly Meter[]): Meter | undefined {
  return meters
    .filter(({ limit }) => limit > 0)
    .toSorted((a, b) => meterShare(b) - meterShare(a) || (a.endsAt ?? Infinity) - (b.endsAt ?? Infinity))[0]
}

/** The limit that is reached first at the present pace. */
export function firstToEnd(meters: readonly Meter[]): Meter | undefined {
  return meters.filter(({ endsAt }) => endsAt !== null).toSorted((a, b) => (a.endsAt ?? 0) - (b.endsAt ?? 0))[0]
}

export interface MeterGroup {
  scope: Meter['scope']
  /** Null = all models together. */
  model: string | null
  meters: Meter[]
}

const units: readonly Meter['unit'][] = ['requests', 'input', 'output', 'total', 'usd']
const periods: readonly Meter['per'][] = ['minute', 'other', 'day', 'month', 'total']

/** The key's own before the account's, all models before single ones, short windows before long ones. */
export function groupMeters(meters: readonly Meter[]): MeterGroup[] {
  const groups = new Map<string, MeterGroup>()
  for (const meter of meters) {
    const { scope, model } = meter
    const name = `${scope}:${model ?? ''}`
    const group = groups.get(name)
    if (group) group.meters.push(meter)
    else groups.set(name, { scope, model, meters: [meter] })
  }
  const sorted = [...groups.values()].map((group) => ({ ...group, meters: group.meters.toSorted(byLength) }))
  return sorted.toSorted((a, b) => b.scope.localeCompare(a.scope) || (a.model ?? '').localeCompare(b.model ?? ''))
}

function byLength(a: Meter, b: Meter): number {
  return periods.indexOf(a.per) - periods.indexOf(b.per) || units.indexOf(a.unit) - units.indexOf(b.unit)
}

/** A name for lists: no two limits of a key or account are of one scope, model, unit, window and source. */
export function meterId({ scope, model, unit, per, windowSeconds, source }: Meter): string {
  return [scope, model, unit, per, windowSeconds, source].join(':')
}
