/** Who was given certain pools: a pool that is destroyed must not be open to them when another one takes its name. */
import type { ApprovalRow, ClientRow, ConfigWrites, UserRow } from '../../storage/types.ts'

interface Grants {
  clients: ReadonlyMap<string, ClientRow>
  users: ReadonlyMap<string, UserRow>
  approvals: ReadonlyMap<string, ApprovalRow>
}

/** A change with what follows from it: who was given pools that go loses them. One who has none left may use nothing. */
export function withoutGrants(writes: ConfigWrites, { clients, users, approvals }: Grants): ConfigWrites {
  const { removePools = [], putClients = [], removeClients = [], putUsers = [], removeUsers = [] } = writes
  const { putApprovals = [], removeApprovals = [] } = writes
  if (removePools.length === 0) return writes
  const gone = new Set(removePools)
  return {
    ...writes,
    putClients: [...putClients, ...losers(clients, [putClients, removeClients], (row) => narrowed(row, gone))],
    putUsers: [...putUsers, ...losers(users, [putUsers, removeUsers], (row) => narrowed(row, gone))],
    putApprovals: [...putApprovals, ...losers(approvals, [putApprovals, removeApprovals], (row) => undecided(row, gone))],
  }
}

/** Rows that lose something; not those that are being changed or removed anyway. */
function losers<Row extends { id: string }>(
  rows: ReadonlyMap<string, Row>,
  [put, removed]: readonly [readonly Row[], readonly string[]],
  without: (row: Row) => Row | null,
): Row[] {
  const touched = new Set([...removed, ...put.map(({ id }) => id)])
  return [...rows.values()].flatMap((row) => (touched.has(row.id) ? [] : (without(row) ?? [])))
}

/** Null = it loses nothing. */
function narrowed<Row extends { pools: string[] | null }>(row: Row, gone: ReadonlySet<string>): Row | null {
  return row.pools?.some((slug) => gone.has(slug)) ? { ...row, pools: row.pools.filter((slug) => !gone.has(slug)) } : null
}

/** A program that was approved and has not come for its token yet. What it once asked for stays as it was. */
function undecided(row: ApprovalRow, gone: ReadonlySet<string>): ApprovalRow | null {
  const { decision } = row
  if (decision === null) return null
  const given = narrowed({ pools: decision.pools === undefined ? row.pools : decision.pools }, gone)
  return given === null ? null : { ...row, decision: { ...decision, ...given } }
}
