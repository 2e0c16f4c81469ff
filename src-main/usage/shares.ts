/** Who or what used how much: by model, pool, client or key, the most first. */
import type { ShareQuery, UsageShares } from '../../src-preload/contract/index.ts'
import { coarseTiers, fineTiers, plan, rangeOf, type Segment } from './plan.ts'
import { andIs, columnNamed, type Sql, SqlText, text } from './sql.ts'
import type { SharesTold } from './types.ts'

interface Sums {
  name: string
  calls: number
  failed: number
  inputTokens: number
  outputTokens: number
  costNanos: number
  costKnown: number
  costUnknown: number
}

/** The first `limit`, and all others together. Edges are counted as told at `plan`, and the answer says where they are. */
export function shares(sql: Sql, query: ShareQuery, now: number): SharesTold {
  const { by, pool, order, limit } = query
  const coarse = by === 'model' || by === 'pool'
  const range = rangeOf(query, now)
  const segments = plan(range, coarse ? coarseTiers : fineTiers, now)
  const found = new Map<string, Sums>()
  for (const segment of segments) {
    const rows = coarse ? sql.all(coarseSums(segment, by, pool)) : sql.all(fineSums(segment, by, pool))
    for (const row of rows) found.set(row.name, added(found.get(row.name) ?? none(row.name), row))
  }
  const ranked = [...found.values()].toSorted((a, b) => compare(a, b, order))
  const rest = ranked.slice(limit)
  return {
    from: segments[0]?.from ?? range.from,
    to: segments.at(-1)?.to ?? range.to,
    rows: ranked.slice(0, limit).map((sums) => ({ name: sums.name, ...told(sums) })),
    others: rest.length === 0 ? null : { names: rest.length, ...told(rest.reduce(added, none(''))) },
  }
}

function compare(a: Sums, b: Sums, order: ShareQuery['order']): number {
  const most = order === 'cost' ? b.costNanos - a.costNanos : 0
  return most || b.calls - a.calls || (a.name < b.name ? -1 : 1)
}

const counted = ['inputTokens', 'outputTokens', 'costNanos', 'costKnown', 'costUnknown'] as const

const none = (name: string): Sums => ({
  name,
  calls: 0,
  failed: 0,
  inputTokens: 0,
  outputTokens: 0,
  costNanos: 0,
  costKnown: 0,
  costUnknown: 0,
})

function added(sums: Sums, row: Sums): Sums {
  const both = { ...sums }
  for (const name of ['calls', 'failed', ...counted] as const) both[name] += row[name]
  return both
}

type Told = Omit<NonNullable<UsageShares['others']>, 'names'>

function told({ calls, failed, inputTokens, outputTokens, costKnown, costNanos, costUnknown }: Sums): Told {
  return {
    calls,
    failed,
    inputTokens,
    outputTokens,
    costUnknown,
    costNanos: costKnown === 0 ? null : Math.min(costNanos, Number.MAX_SAFE_INTEGER),
  }
}

const sums = new SqlText(counted.map((column) => `sum(${column}) AS ${column}`).join(', '), [])

function coarseSums({ period, from, to }: Segment, by: 'model' | 'pool', pool: string | undefined) {
  return text<Sums>`
    SELECT ${columnNamed(by)} AS name, sum(requests) AS calls, sum(CASE WHEN outcome = 'ok' THEN 0 ELSE requests END) AS failed, ${sums}
    FROM coarse WHERE period = ${period} AND at >= ${from} AND at < ${to}${andIs('pool', pool)}
    GROUP BY name`
}

function fineSums({ period, from, to }: Segment, kind: 'key' | 'client', pool: string | undefined) {
  return text<Sums>`
    SELECT subject AS name, sum(calls) AS calls, sum(failed) AS failed, ${sums}
    FROM fine WHERE kind = ${kind} AND period = ${period === 'minute' ? 'hour' : period}
      AND at >= ${from} AND at < ${to}${andIs('pool', pool)}
    GROUP BY name`
}
