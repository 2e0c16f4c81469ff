/** What was called and what it used, as asked by people and scripts. */
import { KeywheelError, type RequestFilter, type SeriesQuery, type ShareQuery } from '../../src-preload/contract/index.ts'
import { dayStarts } from '../base/calendar.ts'
import type { Clock } from '../pool/types.ts'
import { coarseTiers, grainAt, rangeOf } from '../usage/plan.ts'
import type { SeriesAsk, UsageStore } from '../usage/types.ts'
import type { Catalog } from './catalog.ts'
import type { UsageService } from './types.ts'

interface UsageDeps {
  store: UsageStore
  catalog: Pick<Catalog, 'keys' | 'pools' | 'clients'>
  clock: Pick<Clock, 'now'>
}

/** `settle` waits until everything finished so far is on disk, so that an answer never lags behind what was just seen. */
export function createUsageService(
  { store, catalog, clock }: UsageDeps,
  settle: () => Promise<void>,
): UsageService & Pick<UsageStore, 'keyModels' | 'keyHours'> {
  const settled = async <T>(ask: () => Promise<T>): Promise<T> => {
    // A full disk keeps new rows from being written, not old ones from being read; the recorder has said so already.
    await settle().catch(() => undefined)
    return ask()
  }
  return {
    summary: (query) => settled(() => store.summary(query)),
    async series(query) {
      const { zone, ask } = inZone(query, clock.now())
      return { ...(await settled(() => store.series(ask))), zone }
    },
    models: (query) => settled(() => store.models(inZone(query, clock.now()).ask)),
    keys: (query) => settled(() => store.keys(query)),
    async shares(query) {
      const { rows, ...told } = await settled(() => store.shares(query))
      return { ...told, rows: rows.map((row) => ({ ...row, label: labelOf(query.by, row.name, catalog) })) }
    },
    keyModels: (query) => settled(() => store.keyModels(query)),
    keyHours: (query) => settled(() => store.keyHours(query)),
    requests: (query) => settled(() => store.list(query)),
    countRequests: (query) => settled(() => countInSlices(query, store, clock.now())),
    async request(id) {
      const row = await settled(() => store.get(id))
      if (!row) throw new KeywheelError('REQUEST_NOT_FOUND')
      return row
    },
  }
}

/** Days of a zone are summed up from hours; where those are gone, UTC's days are what there is. */
function inZone({ zone, ...query }: SeriesQuery, now: number): { zone: string; ask: SeriesAsk } {
  const { from, to } = rangeOf(query, now)
  if (zone === undefined || query.bucket !== 'day' || grainAt(from, coarseTiers, now) === 'day')
    return { zone: 'UTC', ask: query }
  return { zone, ask: { ...query, from, to, days: dayStarts(zone, from, to) } }
}

/** Null for what is gone. */
function labelOf(by: ShareQuery['by'], name: string, { keys, pools, clients }: UsageDeps['catalog']): string | null {
  switch (by) {
    case 'model':
      return name
    case 'pool':
      return pools.get(name)?.name ?? null
    case 'client':
      return clients.get(name)?.name ?? null
    case 'key':
      return keys.get(name)?.label ?? null
  }
}

const dayMs = 86_400_000
const maxSlices = 500

/** Day by day: one count over a million rows could take longer than a query may, and nothing else would be answered meanwhile. */
async function countInSlices(query: RequestFilter, store: Pick<UsageStore, 'count'>, now: number): Promise<number> {
  const { from, to } = rangeOf(query, now)
  const slice = Math.max(dayMs, Math.ceil((to - from) / maxSlices))
  let total = 0
  for (let start = from; start < to; start += slice) {
    total += await store.count({ ...query, from: start, to: Math.min(to, start + slice) })
  }
  return total
}
