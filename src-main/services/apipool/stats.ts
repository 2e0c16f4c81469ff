/** Statistics as the apipool-server serves them: calls through Keywheel and calls that programs told us of, together. */
import { createHash } from 'node:crypto'
import type { Clock } from '../../pool/types.ts'
import type { ApiUser, StatsHouse, StatsSpan } from '../../remote/server/index.ts'
import type { ReportStore } from '../../storage/types.ts'
import type { EventCounts, EventKey, UsageStore } from '../../usage/types.ts'
import type { Vault } from '../../vault/types.ts'
import type { Catalog } from '../catalog.ts'
import { aliasOf, identifierOf } from '../keys/key-identifier.ts'
import { createReportReader } from './report.ts'
import { seenPool } from './rights.ts'

export interface ApipoolStatsDeps {
  catalog: Catalog
  vault: Pick<Vault, 'fingerprint'>
  clock: Pick<Clock, 'now'>
  events: ApipoolEvents
  reports: ReportStore
}

export type ApipoolEvents = Pick<UsageStore, 'eventsByKey' | 'eventSeries' | 'events'>

/** `settle` waits until what is finished is on disk, so that an answer does not lag behind a call. */
export function settledEvents(store: ApipoolEvents, settle: () => Promise<void>): ApipoolEvents {
  // A full disk keeps new rows from being written, not old ones from being read; the recorder has said so already.
  const settled = async <T>(ask: () => Promise<T>): Promise<T> => {
    await settle().catch(() => undefined)
    return ask()
  }
  return {
    eventsByKey: (query) => settled(() => store.eventsByKey(query)),
    eventSeries: (query) => settled(() => store.eventSeries(query)),
    events: (query) => settled(() => store.events(query)),
  }
}

const bucketMs = { minute: 60_000, hour: 3_600_000, day: 86_400_000 }

export function createApipoolStats(deps: ApipoolStatsDeps): StatsHouse {
  const { catalog, clock, events } = deps
  const readReport = createReportReader(deps)

  const spanOf = (user: ApiUser, { pool, seconds }: StatsSpan) => {
    const now = clock.now()
    return { pool: seenPool(user, pool, catalog).slug, from: now - seconds * 1000, to: now + 1 }
  }

  /** What a key is called, by its id or (`told`) by a name that was reported. */
  const nameOf = ({ key, told }: { key: string; told: boolean }): { identifier: string; alias: string | null } => {
    const row = told ? catalog.keyNamed(key) : catalog.keys.get(key)
    if (row) return { identifier: identifierOf(row), alias: aliasOf(row) }
    return { identifier: told ? key : goneKey(key), alias: null }
  }

  const keyOf = (identifier: string): EventKey => {
    const row = catalog.keyNamed(identifier)
    return row ? { id: row.id, name: identifierOf(row) } : { id: '', name: identifier }
  }

  return {
    async byKey(user, span) {
      const found = new Map<string, EventCounts & ReturnType<typeof nameOf>>()
      for (const { key, told, ...counts } of await events.eventsByKey(spanOf(user, span))) {
        const named = nameOf({ key, told })
        const before = found.get(named.identifier)
        found.set(named.identifier, before ? { ...named, ...sum(before, counts) } : { ...named, ...counts })
      }
      return [...found.values()].toSorted((a, b) => b.total - a.total || (a.identifier < b.identifier ? -1 : 1))
    },
    async series(user, { interval, ...span }) {
      const query = spanOf(user, span)
      const width = bucketMs[interval]
      const slots = new Map((await events.eventSeries({ ...query, bucket: interval })).map((slot) => [slot.at, slot]))
      const first = Math.floor(query.from / width)
      const count = Math.floor((query.to - 1) / width) - first + 1
      return Array.from({ length: count }, (_, index) => {
        const at = (first + index) * width
        return slots.get(at) ?? { at, total: 0, success: 0, failed: 0, reachLimit: 0 }
      })
    },
    async log(user, { key, status, offset, limit, ...span }) {
      const query = { ...spanOf(user, span), key: key === undefined ? undefined : keyOf(key), status, offset, limit }
      const { rows, total } = await events.events(query)
      const calls = rows.map(({ number, finishedAt, latency, method, status: ended, ...event }) => ({
        ...nameOf(event),
        number,
        status: ended,
        finishedAt,
        latency,
        method,
      }))
      return { calls, total }
    },
    report: (user, { pool, reporter, calls }) =>
      deps.reports.add(readReport(seenPool(user, pool, catalog).slug, reporter, calls)),
  }
}

function sum(a: EventCounts, b: EventCounts): EventCounts {
  return {
    total: a.total + b.total,
    success: a.success + b.success,
    failed: a.failed + b.failed,
    reachLimit: a.reachLimit + b.reachLimit,
  }
}

/** Of a key whose row has gone: the same in every answer. */
function goneKey(id: string): string {
  return `unknown-${createHash('sha256').update(id).digest('hex').slice(0, 8)}`
}
