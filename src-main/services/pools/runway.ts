/** How long the accounts last: the limit of each that is reached next, over all pools or in one. */
import { setImmediate as turn } from 'node:timers/promises'
import type { Meter, Runway, RunwayQuery } from '../../../src-preload/contract/index.ts'
import type { PoolEngine } from '../../pool/types.ts'
import type { KeyRow } from '../../storage/types.ts'
import type { Catalog } from '../catalog.ts'
import { bucketOf, sharedAccount } from '../keys/account.ts'
import { metersOf } from '../keys/meter-view.ts'

interface RunwayDeps {
  catalog: Pick<Catalog, 'keys' | 'pool' | 'liveKeysOf' | 'livePoolsOf'>
  engine: Pick<PoolEngine, 'meters'>
}

/** Accounts looked at in one go: calls pass through the same thread. */
const slice = 200

type Row = Runway['rows'][number]

/** Throws POOL_NOT_FOUND. Keys that are switched off or in no pool take no part. */
export async function runwayOf({ pool, limit }: RunwayQuery, { catalog, engine }: RunwayDeps): Promise<Runway> {
  const keys = pool === undefined ? [...catalog.keys.values()] : catalog.liveKeysOf(catalog.pool(pool).slug)
  const accounts = [...Map.groupBy(keys.filter(isUsed), bucketOf).values()]
  const rows: Row[] = []
  for (const [index, group] of accounts.entries()) {
    if (index % slice === slice - 1) await turn()
    const row = rowOf(group, pool, { catalog, engine })
    if (row) rows.push(row)
  }
  return { accounts: accounts.length, limited: rows.length, rows: rows.toSorted(bySoonest).slice(0, limit) }
}

function isUsed({ enabled, deletedAt }: KeyRow): boolean {
  return enabled && deletedAt === null
}

function rowOf(group: readonly KeyRow[], pool: string | undefined, { catalog, engine }: RunwayDeps): Row | null {
  const [first] = group
  const shown = pool ?? (first && catalog.livePoolsOf(first.id)[0]?.pool)
  const meter = first && tellingMeter(metersOf(first, engine))
  if (!first || shown === undefined || !meter) return null
  const { id, source } = sharedAccount(group)
  return { account: source === 'own' ? first.label : id, source, pool: shown, keys: group.length, meter }
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
  return byUrgency(a.meter, b.meter) || a.account.localeCompare(b.account, undefined, { numeric: true })
}

function byUrgency(a: Meter, b: Meter): number {
  return endOf(a) - endOf(b) || share(b) - share(a)
}

/** Used up = at once; not before it starts anew = never. */
function endOf(meter: Meter): number {
  return share(meter) >= 1 ? 0 : (meter.endsAt ?? Number.MAX_SAFE_INTEGER)
}

function share({ used, reserved, limit }: Meter): number {
  return Math.min(1, (used + reserved) / limit)
}
