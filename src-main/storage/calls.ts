/** What the main thread asks of the storage threads: one map per thread, and the messages that carry it. */
import type { MessagePort } from 'node:worker_threads'
import type {
  KeyUsage,
  ModelUsage,
  RequestFilter,
  RequestPage,
  RequestQuery,
  RequestRow,
  ShareQuery,
  UsageQuery,
  UsageSummary,
} from '../../src-preload/contract/index.ts'
import type {
  EventCounts,
  EventPage,
  EventPageQuery,
  EventQuery,
  EventSeriesQuery,
  Followed,
  FollowQuery,
  Keep,
  KeyEvents,
  KeyHour,
  KeyHourQuery,
  KeyModelQuery,
  KeyModelUse,
  SeriesAsk,
  SeriesTold,
  SharesTold,
  UsageBatch,
} from '../usage/types.ts'
import type { SealedRecord, SlotRow, VaultHeader, VaultIntent } from '../vault/types.ts'
import { isCorrupt, toWire, type WireError } from './errors.ts'
import type { WritePart } from './parts.ts'
import type {
  AnswerRow,
  ClientDayRow,
  CopyFacts,
  HistoryRow,
  KeyEventRow,
  Loaded,
  MemoryWrites,
  ReportRow,
  Storage,
} from './types.ts'

/** Every write, and the reads at the start. Each call runs to its end before the next begins. */
export interface WriterCalls {
  load(): Loaded
  /** Keeps a part of a write until its last part comes; parts of another write that never ended are forgotten. */
  stage(part: WritePart): void
  /** Writes the last part and those staged before it in one transaction. */
  write(part: WritePart): void
  saveMemory(changes: MemoryWrites): void
  loadVault(): { header: VaultHeader | null; slots: SlotRow[]; intents: VaultIntent[] }
  loadRecords(): SealedRecord[]
  append(batch: UsageBatch): void
  addReports(rows: readonly ReportRow[]): { accepted: number; duplicates: number }
  addKeyEvents(rows: readonly KeyEventRow[]): void
  forgetKeyEvents(keyIds: readonly string[]): void
  history(query: Parameters<Storage['history']>[0]): HistoryRow[]
  copyConfig(to: string): void
  readCopy(input: { file: string; whole: boolean }): CopyFacts
  nextBatch(): number
  /** One slice; gives back the number of rows deleted, 0 = done. */
  retain(input: { keep: Keep; now: number }): number
  /** Looks whether usage.db is damaged, and replaces it if so. */
  checkUsage(): void
  sizes(): { databaseBytes: number; usageBytes: number; cacheBytes: number }
  erase(): void
  /** Writes everything into the main files and closes them. */
  close(): void
}

/** Lists and dashboards over usage.db, read only. */
export interface ReaderCalls {
  summary(input: { query: UsageQuery; now: number }): UsageSummary
  series(input: { query: SeriesAsk; now: number }): SeriesTold
  models(input: { query: SeriesAsk; now: number }): ModelUsage[]
  keys(input: { query: UsageQuery; now: number }): KeyUsage[]
  shares(input: { query: ShareQuery; now: number }): SharesTold
  keyModels(query: KeyModelQuery): KeyModelUse[]
  keyHours(query: KeyHourQuery): KeyHour[]
  list(input: { query: RequestQuery; now: number }): RequestPage
  count(input: { query: RequestFilter; now: number }): number
  eventsByKey(input: { query: EventQuery; now: number }): KeyEvents[]
  eventSeries(input: { query: EventSeriesQuery; now: number }): (EventCounts & { at: number })[]
  events(input: { query: EventPageQuery; now: number }): EventPage
  get(input: { id: string }): RequestRow | null
  clientDays(query: Parameters<Storage['clientDays']>[0]): ClientDayRow[]
  follow(query: FollowQuery): Followed
  keyEvents(keyId: string): KeyEventRow[]
  close(): void
}

/** Kept answers in cache.db, in a thread of their own: a call waits for none of the others. Times in wall ms. */
export interface CacheCalls {
  find(input: { key: string; now: number }): AnswerRow | null
  keep(input: { key: string; answer: AnswerRow; now: number; until: number; maxBytes: number }): void
  /** Deletes what is too old, and the longest unused of what is too much. */
  sweep(input: { now: number; maxBytes: number }): void
  info(): { entries: number; bytes: number }
  /** Takes the file away. */
  clear(): void
  close(): void
}

/** A map of synchronous functions with at most one argument. */
export type Calls<Map> = { [Name in keyof Map]: (input: never) => unknown }

export interface CallMessage {
  id: number
  name: string
  input: unknown
}

/** Tells people something, through the log. */
export type Notice = (fields: Record<string, unknown>, message: string) => void

export type ThreadMessage =
  /** The thread has opened its files, or could not. */
  | { kind: 'ready' }
  | { kind: 'refused'; error: WireError }
  | { kind: 'answer'; id: number; value: unknown }
  /** `corrupt` = the database is damaged. */
  | { kind: 'failure'; id: number; error: WireError; corrupt: boolean }
  /** Something that people should know, for the log. */
  | { kind: 'notice'; fields: Record<string, unknown>; message: string }

/** Opens, then answers every call that comes in by the function of its name; what that throws becomes a failure. */
export function serve<Map extends Calls<Map>>(port: MessagePort | null, open: (notice: Notice) => Map): void {
  if (!port) throw new Error('this file is a worker thread')
  const post = (message: ThreadMessage) => port.postMessage(message)
  const notice: Notice = (fields, message) => post({ kind: 'notice', fields, message })
  const handlers = opened(() => open(notice), post) as Record<string, (input: unknown) => unknown> | undefined
  if (!handlers) return
  port.on('message', ({ id, name, input }: CallMessage) => {
    try {
      const handler = handlers[name]
      if (!handler) throw new Error(`no such call: ${name}`)
      post({ kind: 'answer', id, value: handler(input) })
    } catch (error) {
      post({ kind: 'failure', id, error: toWire(error), corrupt: isCorrupt(error) })
    }
  })
  post({ kind: 'ready' })
}

function opened<Map>(open: () => Map, post: (message: ThreadMessage) => void): Map | undefined {
  try {
    return open()
  } catch (error) {
    post({ kind: 'refused', error: toWire(error) })
    return undefined
  }
}
