/** What keys were used for lately, and which of their limits is nearest: for lists. */
import type { KeyFigures, Meter } from '../../../src-preload/contract/index.ts'
import type { Clock, PoolEngine } from '../../pool/types.ts'
import type { KeyRow } from '../../storage/types.ts'
import type { KeyHour, UsageStore } from '../../usage/types.ts'
import type { Catalog } from '../catalog.ts'
import { metersOf } from './meter-view.ts'
import { dayStart } from './usage-limits.ts'

const hourMs = 3_600_000
const shownHours = 24
/** The longest day of a zone has 25; its midnight may lie within an hour. */
const readHours = 26

interface FigureDeps {
  catalog: Pick<Catalog, 'keys'>
  engine: Pick<PoolEngine, 'meters'>
  clock: Clock
  usage: Pick<UsageStore, 'keyHours'>
}

/** In the order of `ids`; those that are gone are left out. */
export async function figuresOf(ids: readonly string[], { catalog, engine, clock, usage }: FigureDeps): Promise<KeyFigures[]> {
  const rows = [...new Set(ids)].map((id) => catalog.keys.get(id)).filter(isThere)
  const now = clock.now()
  const hour = Math.floor(now / hourMs) * hourMs
  const hours = Array.from({ length: readHours }, (_, index) => hour - (readHours - 1 - index) * hourMs)
  const used = Map.groupBy(await usage.keyHours({ keys: rows.map(({ id }) => id), hours }), ({ key }) => key)
  const midnights = new Map<string, number>()
  const midnightOf = ({ limitZone }: KeyRow) => {
    const known = midnights.get(limitZone) ?? dayStart(limitZone, now)
    midnights.set(limitZone, known)
    return known
  }
  return rows.map((row) => ({
    id: row.id,
    ...sums(used.get(row.id) ?? [], hours.slice(-shownHours), Math.floor(midnightOf(row) / hourMs) * hourMs),
    nearest: nearest(metersOf(row, engine)),
  }))
}

function isThere(row: KeyRow | undefined): row is KeyRow {
  return row?.deletedAt === null
}

function sums(used: readonly KeyHour[], hours: readonly number[], today: number) {
  const byHour = new Map(used.map((hour) => [hour.at, hour]))
  const attempts = hours.map((at) => byHour.get(at)?.attempts ?? 0)
  const failed = hours.map((at) => byHour.get(at)?.failed ?? 0)
  return {
    hours: attempts,
    failedHours: failed,
    attempts: total(attempts),
    failed: total(failed),
    tokensToday: total(used.filter(({ at }) => at >= today).map(({ tokens }) => tokens)),
  }
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0)
}

/** The one of which the largest part is used; among equals the one that ends first. */
function nearest(meters: readonly Meter[]): Meter | null {
  const share = ({ used, reserved, limit }: Meter) => (limit === 0 ? 1 : (used + reserved) / limit)
  const end = ({ endsAt }: Meter) => endsAt ?? Number.POSITIVE_INFINITY
  return meters.toSorted((a, b) => share(b) - share(a) || (end(a) < end(b) ? -1 : 1))[0] ?? null
}
