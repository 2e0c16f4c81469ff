/** What a pool's accounts say together: which ends first, in which order they are shown. Pure. */
import type { Account, Meter } from '../../../src-preload/contract/index.ts'
import { firstToEnd, meterLevel, nearestMeter } from '../../parts/limits/meters.ts'

export interface Runway {
  account: Account
  meter: Meter
  /** In ms since 1970. */
  endsAt: number
}

/** The account that reaches a limit next at the present pace; null = none does before its limits start anew. `now` in ms since 1970. */
export function runwayOf(accounts: readonly Account[], now: number): Runway | null {
  const ends = accounts.flatMap((account) => {
    const meter = firstToEnd(account.meters.filter(({ endsAt }) => endsAt !== null && endsAt > now))
    return meter?.endsAt == null ? [] : [{ account, meter, endsAt: meter.endsAt }]
  })
  return ends.toSorted((a, b) => a.endsAt - b.endsAt)[0] ?? null
}

/** Shared accounts first, then by name: an order that does not move while figures do. */
export function inOrder(accounts: readonly Account[]): Account[] {
  return accounts.toSorted(
    (a, b) => b.keys.length - a.keys.length || nameOf(a).localeCompare(nameOf(b), undefined, { numeric: true }),
  )
}

/** An account without a name is its only key. */
export function nameOf({ id, source, keys }: Account): string {
  return source === 'own' ? (keys[0]?.label ?? id) : id
}

/** A limit of it is used up. */
export function isUsedUp({ meters }: Account): boolean {
  return meters.some((meter) => meterLevel(meter) === 'full')
}

/** What its line shows: a limit that is used up, else the one that ends first, else the one of which most is used. */
export function tellingMeter({ meters }: Account): Meter | undefined {
  const nearest = nearestMeter(meters)
  return nearest && meterLevel(nearest) === 'full' ? nearest : (firstToEnd(meters) ?? nearest)
}
