/** What is asked about calls; implemented over SQLite by storage, which runs this room's queries in its threads. */
import type {
  KeyUsage,
  ModelUsage,
  RequestFilter,
  RequestPage,
  RequestQuery,
  RequestRow,
  SeriesQuery,
  ShareQuery,
  UsageQuery,
  UsageSeries,
  UsageShares,
  UsageSummary,
} from '../../src-preload/contract/index.ts'
import type { EventStatus, Period, Rollups } from './schema.ts'

export interface UsageBatch {
  number: number
  rows: RequestRow[]
  /** Requests that are counted but have lost their detail, already summed up. */
  counted: Rollups
}

/** What one key was used for on one model ('' = the request named none). */
export interface KeyModelUse {
  model: string
  requests: number
  inputTokens: number
  outputTokens: number
}

/** Requests that `key` served from `from` (inclusive) to `to` (exclusive), wall ms. */
export interface KeyModelQuery {
  key: string
  from: number
  to: number
}

/** Attempts on a key in the hour that begins at `at`, and the tokens of the requests it served. */
export interface KeyHour {
  key: string
  at: number
  attempts: number
  failed: number
  tokens: number
}

/** `hours` = their beginnings, wall ms; at most 14 days back. */
export interface KeyHourQuery {
  keys: readonly string[]
  hours: readonly number[]
}

export interface FollowQuery {
  pool: string
  /** What was read so far (`Followed.to`); null = everything that is there now is known already. */
  after: number | null
}
export interface Followed {
  /** Requests to the pool and those that fell back to it, the oldest first. */
  rows: (Pick<RequestRow, 'id' | 'at' | 'pool' | 'method' | 'path' | 'msQueued' | 'attempts'> & { number: number })[]
  to: number
  /** There is more behind `to`. */
  more: boolean
}

/** Events, as the apipool protocol counts: attempts on keys, and calls that other programs told us of. `to` is exclusive, wall ms. */
export interface EventQuery {
  from: number
  to: number
  pool?: string | undefined
  key?: EventKey | undefined
}

/** A key by its id, and by what it is called in reports. */
export interface EventKey {
  id: string
  name: string
}

export interface EventCounts {
  /** Those of unknown end are only in here. */
  total: number
  success: number
  failed: number
  reachLimit: number
}

/** `key` is an id, or of reported calls (`told`) a name. */
export interface KeyEvents extends EventCounts {
  key: string
  told: boolean
}

export interface EventSeriesQuery extends EventQuery {
  bucket: Period
}

export interface EventPageQuery extends EventQuery {
  status?: EventStatus | undefined
  limit: number
  offset: number
}

export interface EventRow {
  /** One of a kind, and the same in every answer. */
  number: number
  /** An id, or of reported calls (`told`) a name. */
  key: string
  told: boolean
  status: EventStatus
  /** Wall ms. */
  finishedAt: number
  /** Seconds. */
  latency: number | null
  method: string | null
}

/** `total` is exact up to 20,000 events; beyond that whole hours or days are counted at the ends of the span. */
export interface EventPage {
  rows: EventRow[]
  total: number
}

/**
 * One point per bucket, counted in UTC, unless `starts` (wall ms, ascending) says where points begin: the first at or before the
 * range's beginning, all on whole buckets or, for days, on whole hours of the last 90 days.
 */
export type SeriesAsk = Omit<SeriesQuery, 'zone' | 'every' | 'percentiles'> & {
  percentiles?: boolean
  starts?: readonly number[] | undefined
}
export type SeriesTold = Omit<UsageSeries, 'zone' | 'every'>

/** Names only: what they are called is known elsewhere. */
export type SharesTold = Omit<UsageShares, 'rows'> & { rows: Omit<UsageShares['rows'][number], 'label'>[] }

/** How long request rows stay: whichever is reached first. */
export interface Keep {
  days: number
  megabytes: number
}

export interface UsageStore {
  /** Rows and their rollups in one transaction. A batch number that was written before is not counted twice. */
  append(batch: UsageBatch): Promise<void>
  /** The number that the next batch must have. */
  nextBatch(): Promise<number>
  summary(query: UsageQuery): Promise<UsageSummary>
  series(query: SeriesAsk): Promise<SeriesTold>
  models(query: SeriesAsk): Promise<ModelUsage[]>
  keys(query: UsageQuery): Promise<KeyUsage[]>
  shares(query: ShareQuery): Promise<SharesTold>
  /** One row per model, from the request log. */
  keyModels(query: KeyModelQuery): Promise<KeyModelUse[]>
  /** In no order. */
  keyHours(query: KeyHourQuery): Promise<KeyHour[]>
  /** In no order. */
  eventsByKey(query: EventQuery): Promise<KeyEvents[]>
  /** Only buckets in which there was anything, the oldest first. Not for one key. */
  eventSeries(query: EventSeriesQuery): Promise<(EventCounts & { at: number })[]>
  /** Newest first. */
  events(query: EventPageQuery): Promise<EventPage>
  list(query: RequestQuery): Promise<RequestPage>
  /** How many rows fit; a scan for most filters, so ask for short ranges. */
  count(query: RequestFilter): Promise<number>
  get(id: string): Promise<RequestRow | null>
  /** Deletes what is too old or too much, a slice at a time; gives back the number of rows deleted. */
  retain(keep: Keep): Promise<number>
  bytes(): Promise<number>
}

/** Takes finished requests and writes them in batches: every 100 ms or 500 rows, whichever is first. */
export interface UsageRecorder {
  record(row: RequestRow): void
  /** Rows whose detail was given up because the queue was full. */
  readonly dropped: number
  /** Resolves when everything recorded so far is written; rejects when a write fails (it will be tried again). */
  flush(): Promise<void>
  /** Writes what is left; what cannot be written is lost and said in the log. */
  close(): Promise<void>
}
