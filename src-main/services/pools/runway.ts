/** How long the accounts last: the limit of each that is reached next, over all pools or in one. */
import { setImmediate as turn } from 'node:timers/promises'
import type { Meter, Runway, RunwayQuery } from '../../../src-preload/contract/index.ts'
import { inNaturalOrder } from '../../base/natural-order.ts'
import type { Clock, PoolEngine } from '../../pool/types.ts'
import type { KeyRow } from '../../storage/types.ts'
import type { Catalog } from '../catalog.ts'
import { bucketOf, sharedAccount } from '../keys/account.ts'
import { metersOf } from '../keys/meter-view.ts'

interface RunwayDeps {
  catalog: Pick<Catalog, 'keys' | 'pool' | 'liveKeysOf' | 'livePoolsOf'>
  engine: Pick<PoolEngine, 'meters'>
  clock: Pick<Clock, 'now'>
}

/** Accounts looked at in one go: calls pass through the same thread. */
const slice = 200
const hour = 3_600_000

type Row = Runway['rows'][number]
type Ending = Pick<Row, 'account' | 'pool'> & { endsAt: number }

/** Throws POOL_NOT_FOUND. Keys that are switched off or in no pool take no part. */
export async function runwayOf({ pool, limit }: RunwayQuery, { catalog, engine, clock }: RunwayDeps): Promise<Runway> {
  const keys = pool === undefined ? [...catalog.keys.values()] : catalog.liveKeysOf(catalog.pool(pool).slug)
  const accounts = [...Map.groupBy(keys.filter(isUsed), bucketOf).values()]
  const soon = clock.now() + hour
  const rows: Row[] = []
  const ending: Ending[] = []
  for (const [index, group] of accounts.entries()) {
    if (index % slice === slice - 1) await turn()
    const meters = group[0] ? metersOf(group[0], engine) : []
    const row = rowOf(group, pool, meters, catalog)
    if (!row) continue
    rows.push(row)
    const endsAt = isUsedUp(row.meter) ? Infinity : firstEnd(meters.filter(isLong))
    if (endsAt < soon) ending.push({ account: row.account, pool: row.pool, endsAt })
  }
  const sorted = rows.toSorted(bySoonest)
  const next = sorted.find(({ meter }) => !isUsedUp(meter))
  return {
    accounts: accounts.length,
    limited: rows.length,
    usedUp: rows.filter(({ meter }) => isUsedUp(meter)).length,
    next: next && next.meter.endsAt !== null ? { account: next.account, endsAt: next.meter.endsAt } : null,
    ending: byPool(ending),
    rows: sorted.slice(0, limit),
  }
}

function isUsed({ enabled, deletedAt }: KeyRow): boolean {
  return enabled && deletedAt === null
}

function rowOf(
  group: readonly KeyRow[],
  pool: string | undefined,
  meters: readonly Meter[],
  catalog: RunwayDeps['catalog'],
): Row | null {
  const [first] = group
  const shown = pool ?? (first && catalog.livePoolsOf(first.id)[0]?.pool)
  const meter = tellingMeter(meters)
  if (!first || shown === undefined || !meter) return null
  const { id, source } = sharedAccount(group)
  return { account: source === 'own' ? first.label : id, source, pool: shown, keys: group.length, meter }
}

function byPool(ending: readonly Ending[]): Runway['ending'] {
  const sorted = ending.toSorted((a, b) => a.endsAt - b.endsAt)
  return [...Map.groupBy(sorted, ({ pool }) => pool).values()].flatMap((group) =>
    group.slice(0, 1).map((first) => ({ ...first, accounts: group.length })),
  )
}

/** What starts anew within the hour by itself is no news when it ends. */
function isLong({ limit, per, windowSeconds }: Meter): boolean {
  return limit > 0 && per !== 'minute' && (windowSeconds === null || windowSeconds * 1000 > hour)
}

/** Infinity = none that is not used up ends before it starts anew. */
function firstEnd(meters: readonly Meter[]): number {
  return Math.min(...meters.map((meter) => (isUsedUp(meter) ? Infinity : (meter.endsAt ?? Infinity))))
}

/** A limit that is used up, else the one that is reached first, else the one of which most is used. */
function tellingMeter(meters: readonly Meter[]): Meter | undefined {
  return meters.filter(isLasting).toSorted(byUrgency)[0]
}

/** What is full again within a minute runs out all the time, and a limit of 0 always has. */
function isLasting({ limit, windowSeconds }: Meter): boolean {
  return limit > 0 && (windowSeconds === null || windowSeconds > 60)
}

function bySoonest(a: Row, b: Row): number {
  return byUrgency(a.meter, b.meter) || inNaturalOrder(a.account, b.account)
}

function byUrgency(a: Meter, b: Meter): number {
  return endOf(a) - endOf(b) || share(b) - share(a)
}

/** Used up = at once; not before it starts anew = never. */
function endOf(meter: Meter): number {
  return isUsedUp(meter) ? 0 : (meter.endsAt ?? Number.MAX_SAFE_INTEGER)
}

function isUsedUp(meter: Meter): boolean {
  return share(meter) >= 1
}

function share({ used, reserved, limit }: Meter): number {
  return Math.min(1, (used + reserved) / limit)
}
