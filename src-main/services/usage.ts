/** What was called and what it used, as asked by people and scripts. */
import { KeywheelError, type RequestFilter, type SeriesQuery, type ShareQuery } from '../../src-preload/contract/index.ts'
import { dayStarts } from '../base/calendar.ts'
import type { Clock } from '../pool/types.ts'
import { coarseTiers, grainAt, rangeOf } from '../usage/plan.ts'
import { periodMs } from '../usage/schema.ts'
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
      const { ask, ...points } = pointsOf(query, clock.now())
      return { ...(await settled(() => store.series(ask))), ...points }
    },
    models: (query) => settled(() => store.models(pointsOf(query, clock.now()).ask)),
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

/** Where points begin that are no plain buckets of UTC. Where hours are gone, UTC's days are what there is. */
function pointsOf({ zone = 'UTC', every, ...query }: SeriesQuery, now: number): { zone: string; every: number; ask: SeriesAsk } {
  const { from, to } = rangeOf(query, now)
  const { bucket } = query
  const kept = grainAt(from, coarseTiers, now)
  if (kept === 'day' || (bucket === 'minute' && kept !== 'minute')) return { zone: 'UTC', every: 1, ask: query }
  if (bucket === 'day' && zone === 'UTC') return { zone, every: 1, ask: query }
  if (bucket !== 'day' && every === 1) return { zone, every, ask: query }
  const days = dayStarts(zone, from, to)
  const unit = periodMs[bucket === 'minute' ? 'minute' : 'hour']
  const starts = bucket === 'day' ? days : days.flatMap((day, index) => within(day, days[index + 1] ?? to, every * unit))
  // Where midnight is at half past, what is counted by the hour belongs to the day before.
  const whole = starts.map((start) => Math.ceil(start / unit) * unit)
  const first = Math.max(
    0,
    whole.findLastIndex((start) => start <= from),
  )
  return {
    zone,
    every: bucket === 'day' ? 1 : every,
    ask: { ...query, from, to, starts: whole.slice(first).filter((start) => start < to) },
  }
}

function within(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.ceil((to - from) / step) }, (_, index) => from + index * step)
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
