/** Which limit kept a call from getting a key, for the answer that says so. */
import type { Cost, MeterView } from '../../pool/types.ts'
import type { ProxyDeps } from '../types.ts'

export interface RefusedCall {
  pool: string
  model: string | null
  cost: Cost | undefined
}

/** Of a pool with more keys, the first so many are looked at: a refusal must stay cheap. */
const maxKeys = 64
const never = Number.POSITIVE_INFINITY

/** The used-up limit that ends first; undefined when there is none, e.g. because keys are cooling down or busy. */
export function nearestLimit(deps: ProxyDeps, call: RefusedCall): MeterView | undefined {
  const now = deps.clock.now()
  return usedUp(deps, call).toSorted((a, b) => endOf(a, now) - endOf(b, now))[0]
}

/** A used-up limit that no wait ends: one for good, or one of 0. */
export function spentLimit(deps: ProxyDeps, call: RefusedCall): MeterView | undefined {
  return usedUp(deps, call).find(({ window, limit }) => window === 'forever' || limit === 0)
}

/** The most generous of the limits that are smaller than the call; undefined when there is none. */
export function tooSmallLimit(deps: ProxyDeps, call: RefusedCall): MeterView | undefined {
  const small = metersOf(deps, call).filter((meter) => meter.limit < needed(meter, call))
  return small.toSorted((a, b) => b.limit - a.limit)[0]
}

/** For people: `10 requests a minute`, `$5 a month`. */
export function describeLimit({ unit, window, limit }: MeterView): string {
  const amount = unit === 'nanos' ? `$${limit / 1e9}` : `${limit} ${unit === 'total' ? '' : `${unit} `}`.trimEnd()
  const what = unit === 'nanos' || unit === 'requests' ? amount : `${amount} tokens`
  if (window === 'forever') return `${what} in all`
  if ('calendar' in window) return `${what} a ${window.calendar}`
  const name = { 1: 'second', 60: 'minute', 3600: 'hour', 86_400: 'day' }[window.slideMs / 1000]
  return name === undefined ? `${what} in ${window.slideMs / 1000} s` : `${what} a ${name}`
}

function usedUp(deps: ProxyDeps, call: RefusedCall): MeterView[] {
  return metersOf(deps, call).filter((meter) => meter.limit - meter.used - meter.reserved < needed(meter, call))
}

function metersOf({ engine, keysOf }: ProxyDeps, { pool, model }: RefusedCall): MeterView[] {
  const meters: MeterView[] = []
  let keys = 0
  for (const keyId of keysOf(pool)) {
    if (keys++ === maxKeys) break
    meters.push(...engine.meters(keyId).filter((meter) => meter.model === '' || meter.model === model))
  }
  return meters
}

/** How much room the call needs in a meter. */
function needed({ unit }: MeterView, { cost }: RefusedCall): number {
  if (unit === 'requests') return 1
  // What is not estimated still needs a limit that is not used up.
  if (cost === undefined) return 1
  return Math.max(1, unit === 'total' ? cost.input + cost.output : cost[unit])
}

function endOf({ window, resetsAt }: MeterView, now: number): number {
  return resetsAt ?? (window !== 'forever' && 'slideMs' in window ? now + window.slideMs : never)
}
