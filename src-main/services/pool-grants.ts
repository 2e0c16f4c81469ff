/** Who was given certain pools: a pool that is destroyed must not be open to them when another one takes its name. */
import type { ConfigWrites } from '../storage/types.ts'

interface Granted {
  id: string
  pools: string[] | null
}

/** A change with what follows from it: who was given pools that go loses them. One who has none left may use nothing. */
export function withoutGrants(
  writes: ConfigWrites,
  catalog: {
    clients: ReadonlyMap<string, NonNullable<ConfigWrites['putClients']>[number]>
    users: ReadonlyMap<string, NonNullable<ConfigWrites['putUsers']>[number]>
  },
): ConfigWrites {
  const { removePools = [], putClients = [], removeClients = [], putUsers = [], removeUsers = [] } = writes
  if (removePools.length === 0) return writes
  const gone = new Set(removePools)
  return {
    ...writes,
    putClients: [...putClients, ...losers(catalog.clients, gone, new Set([...removeClients, ...putClients.map(({ id }) => id)]))],
    putUsers: [...putUsers, ...losers(catalog.users, gone, new Set([...removeUsers, ...putUsers.map(({ id }) => id)]))],
  }
}

/** Rows that name one of these pools, without it; not those that are being changed anyway. */
function losers<Row extends Granted>(
  rows: ReadonlyMap<string, Row>,
  gone: ReadonlySet<string>,
  except: ReadonlySet<string>,
): Row[] {
  return [...rows.values()]
    .filter(({ id, pools }) => !except.has(id) && pools?.some((slug) => gone.has(slug)))
    .map((row) => ({ ...row, pools: row.pools?.filter((slug) => !gone.has(slug)) ?? null }))
}
