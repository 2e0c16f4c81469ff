/** What a person should hear of, as it holds now. Keys are many: those that changed are looked at, and the limits of some at a time. */
import type { Meter, Notice, NoticeKind } from '../../../src-preload/contract/index.ts'
import type { Clock, PoolEngine } from '../../pool/types.ts'
import type { ClientRow, KeyRow, PoolRow } from '../../storage/types.ts'
import type { Vault } from '../../vault/types.ts'
import { stateOf } from '../approvals/state.ts'
import type { Catalog } from '../catalog.ts'
import { accountOf, bucketOf } from '../keys/account.ts'
import type { KeyViews } from '../keys/key-view.ts'
import { metersOf } from '../keys/meter-view.ts'
import type { SpendingBook } from '../spending/spending.ts'

export interface Condition {
  kind: NoticeKind
  /** What it is told of; several with the same one are told as one (joined.ts). */
  subject: string | null
  /** The trouble itself: id of a key or account, else the subject. */
  member: string
  values: Notice['values']
  /** False = it is no reason for a new notice, but one that stands is not over yet. */
  begins: boolean
}

export interface ConditionDeps {
  catalog: Pick<Catalog, 'keys' | 'pools' | 'clients' | 'approvals' | 'liveKeysOf' | 'livePoolsOf'>
  engine: Pick<PoolEngine, 'pool' | 'meters' | 'onKeyChange'>
  views: Pick<KeyViews, 'state'>
  vault: Pick<Vault, 'status'>
  spending: Pick<SpendingBook, 'spent'>
  clock: Pick<Clock, 'now' | 'mono'>
}

export interface Conditions {
  /** What holds now. `whole` = every key's limits have been looked at since the start. */
  look(): { holds: Condition[]; whole: boolean }
  close(): void
}

/** A pool is often without a ready key for a moment. */
const dryMs = 10_000
const keysAtOnce = 500
const hour = 3_600_000
const nearShare = 0.8
const nanosPerUsd = 1e9

export function createConditions(deps: ConditionDeps): Conditions {
  const { catalog, engine, views, clock } = deps
  const changed = new Set(catalog.keys.keys())
  const close = engine.onKeyChange((id) => void changed.add(id))
  const invalid = new Set<string>()
  const drySince = new Map<string, number>()
  const limits = limitsByTurns(deps)

  const invalidKeys = (): Condition[] => {
    for (const id of changed) invalid.add(id)
    changed.clear()
    return [...invalid].flatMap((id) => {
      const row = catalog.keys.get(id)
      if (row && row.deletedAt === null && views.state(row) === 'invalid')
        return [{ kind: 'key-invalid' as const, ...ofKey(row, { label: row.label }, catalog), begins: true }]
      invalid.delete(id)
      return []
    })
  }
  const dryPools = (): Condition[] => {
    const dry = [...catalog.pools.values()].filter((row) => isDry(row, deps))
    const slugs = new Set(dry.map(({ slug }) => slug))
    for (const slug of drySince.keys()) if (!slugs.has(slug)) drySince.delete(slug)
    return dry.map(({ slug, name }) => {
      const since = drySince.get(slug) ?? clock.mono()
      drySince.set(slug, since)
      return { kind: 'pool-dry', subject: slug, member: slug, values: { name }, begins: clock.mono() - since >= dryMs }
    })
  }

  return {
    look() {
      const { holds, whole } = limits()
      return { holds: [...invalidKeys(), ...dryPools(), ...askers(deps), ...budgets(deps), ...holds], whole }
    },
    close,
  }
}

/** Told of the pool that a key serves first. */
function ofKey(
  { id }: KeyRow,
  values: Notice['values'],
  { livePoolsOf, pools }: Pick<Catalog, 'livePoolsOf' | 'pools'>,
): Pick<Condition, 'subject' | 'member' | 'values'> {
  const pool = pools.get(livePoolsOf(id)[0]?.pool ?? '')
  return { subject: pool?.slug ?? null, member: id, values: { ...values, key: id, ...(pool && { pool: pool.name }) } }
}

/** It has keys that are meant to serve, and none of them can. A locked vault is told of elsewhere. */
function isDry({ slug, provider, state, deletedAt }: PoolRow, { catalog, engine, vault }: ConditionDeps): boolean {
  if (deletedAt !== null || state !== 'published' || (engine.pool(slug)?.ready ?? 0) > 0) return false
  if (provider !== 'demo' && vault.status().state !== 'unlocked') return false
  return catalog.liveKeysOf(slug).some(({ enabled }) => enabled)
}

function askers({ catalog, clock }: ConditionDeps): Condition[] {
  return [...catalog.approvals.values()]
    .filter((row) => stateOf(row, clock.now()) === 'pending')
    .map(({ id, name }) => ({ kind: 'approval-pending', subject: id, member: id, values: { name }, begins: true }))
}

/** Of pools and clients; those of keys are among their limits. */
function budgets({ catalog, spending }: ConditionDeps): Condition[] {
  const of = (scope: 'pool' | 'client', owner: string, { name }: Pick<PoolRow | ClientRow, 'name'>) => {
    const spent = spending.spent(scope, owner)
    if (!spent?.budget) return []
    const values = { of: scope, name, per: spent.budget.per, usd: spent.budget.usd }
    return budgetConditions({ subject: owner, member: owner, values }, spent.used / nanosPerUsd)
  }
  return [
    ...[...catalog.pools.values()].flatMap((row) => (row.deletedAt === null ? of('pool', row.slug, row) : [])),
    ...[...catalog.clients.values()].flatMap((row) => (row.revokedAt === null ? of('client', row.id, row) : [])),
  ]
}

/** A budget that was spent at one go is not near as well; one that is near stays so until it is renewed. */
function budgetConditions(whose: Pick<Condition, 'subject' | 'member' | 'values'>, used: number): Condition[] {
  const usd = Number(whose.values['usd'])
  const share = usd === 0 ? 0 : used / usd
  if (share < nearShare) return []
  const told = { ...whose, values: { ...whose.values, share: Math.round(share * 100) / 100 } }
  const near: Condition = { ...told, kind: 'budget-near', begins: share < 1 }
  return share < 1 ? [near] : [near, { ...told, kind: 'budget-spent', begins: true }]
}

/** Goes round all keys, `keysAtOnce` at each turn, and remembers what it saw of each. */
function limitsByTurns({ catalog, engine, clock }: ConditionDeps): Conditions['look'] {
  const seen = new Map<string, Condition[]>()
  let round: string[] = []
  let accounts = new Set<string>()
  let rounds = 0

  const limitsOf = (row: KeyRow): Condition[] => {
    const bucket = bucketOf(row)
    const first = !accounts.has(bucket)
    accounts.add(bucket)
    if (!first && row.budget === null) return []
    const meters = metersOf(row, engine)
    const money = row.budget && meters.find(({ scope, unit, source }) => scope === 'key' && unit === 'usd' && source === 'set')
    const values = { of: 'key', name: row.label, per: row.budget?.per ?? 'total', usd: row.budget?.usd ?? 0 }
    return [
      ...(money ? budgetConditions(ofKey(row, values, catalog), money.used) : []),
      ...(first ? runway(row, meters, clock.now(), catalog) : []),
    ]
  }
  return () => {
    if (round.length === 0) {
      round = [...catalog.keys.keys()]
      accounts = new Set()
      for (const id of seen.keys()) if (!catalog.keys.has(id)) seen.delete(id)
    }
    for (const id of round.splice(0, keysAtOnce)) {
      const row = catalog.keys.get(id)
      const held = row && row.deletedAt === null ? limitsOf(row) : []
      if (held.length > 0) seen.set(id, held)
      else seen.delete(id)
    }
    if (round.length === 0) rounds += 1
    return { holds: [...seen.values()].flat(), whole: rounds > 0 }
  }
}

/** A limit of a day or longer, money apart (it has notices of its own), that ends within the hour. It counts as the same trouble until it is far away again. */
function runway(row: KeyRow, meters: readonly Meter[], now: number, catalog: ConditionDeps['catalog']): Condition[] {
  const long = meters.filter(
    ({ unit, per, windowSeconds, limit }) =>
      limit > 0 && unit !== 'usd' && per !== 'minute' && (windowSeconds ?? Infinity) * 1000 > hour,
  )
  const left = ({ endsAt, used, limit }: Meter) => (used >= limit ? 0 : endsAt === null ? Infinity : Math.max(0, endsAt - now))
  const meter = long.toSorted((a, b) => left(a) - left(b))[0]
  if (meter === undefined || left(meter) > 1.5 * hour) return []
  const account = accountOf(row)?.id ?? row.label
  const values = { account, unit: meter.unit, per: meter.per, limit: meter.limit, endsAt: meter.endsAt ?? now }
  const begins = meter.used < meter.limit && left(meter) < hour
  return [{ kind: 'runway-short', ...ofKey(row, values, catalog), member: bucketOf(row), begins }]
}
