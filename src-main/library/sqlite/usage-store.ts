/** Events in a SQLite file: written a batch at a time beside the calls, bounded, and counted over an index. */
import { randomBytes } from 'node:crypto'
import { closeSync, openSync } from 'node:fs'
import Database from 'better-sqlite3'
import type { EventFilter, KeyCount, StoredEvent, UsageEvent, UsageStore } from '../usage-store.ts'
import { createTables, matching, SCHEMA_VERSION, selectEvents, selectSpan } from './usage-schema.ts'

export interface UsageFileOptions {
  /** Events kept; the oldest go first. Absent = 1,000,000. */
  maxEvents?: number
  /** How long an event may wait in memory, in ms. Absent = 100. */
  flushMs?: number
  /** Hears of the first of a row of writes that failed; the events stay in memory and are tried again. Absent = a warning of the process. */
  onError?: (error: unknown) => void
}

/** Written as soon as so many wait. */
const FULL_BATCH = 500
/** What may wait while the file cannot be written. */
const MOST_WAITING = 100_000
/** Deleted at once at most, so that no call waits long behind a clean-up. */
const DELETE_SLICE = 2000
const RETRY_MS = 1000
/** A file that another process is writing to is waited for so long, because all calls wait with it; then it is tried again later. */
const BUSY_MS = 20

/** One listener for all stores: Node warns of a leak above ten. */
const atExit = new Set<() => void>()
process.on('exit', () => {
  for (const write of atExit) write()
})

/**
 * Opens or makes the file (mode 0600). It holds the salted hashes and last characters of primary keys, never the keys.
 * Throws what SQLite says, and an Error for a file that a newer Keywheel made.
 */
export function openUsageStore(file: string, options: UsageFileOptions = {}): SqliteUsageStore {
  return new SqliteUsageStore(file, options)
}

export class SqliteUsageStore implements UsageStore {
  readonly salt: string
  readonly #database: Database.Database
  readonly #maxEvents: number
  readonly #flushMs: number
  readonly #onError: (error: unknown) => void
  readonly #insert: Database.Statement
  readonly #span: Database.Statement
  readonly #keys: RowNames
  readonly #methods: RowNames
  readonly #writeAtExit = () => this.#tryWrite()
  #isFailing = false
  #waiting: UsageEvent[] = []
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Events that were given up because the file could not be written for too long. */
  dropped = 0

  constructor(file: string, { maxEvents = 1_000_000, flushMs = 100, onError = warn }: UsageFileOptions) {
    if (!Number.isInteger(maxEvents) || maxEvents < 1) throw new RangeError('maxEvents: give a whole number from 1')
    this.#maxEvents = maxEvents
    this.#flushMs = flushMs
    this.#onError = onError
    this.#database = open(file)
    this.salt = saltOf(this.#database)
    this.#insert = this.#database.prepare(
      `INSERT INTO usage_event (key, status, latency, method, finished_at) VALUES (?, ?, ?, ?, ?)`,
    )
    this.#span = this.#database.prepare(selectSpan)
    this.#keys = new RowNames(this.#database, 'usage_key', 'hash', 'hint')
    this.#methods = new RowNames(this.#database, 'usage_method', 'name')
    atExit.add(this.#writeAtExit)
  }

  add(event: UsageEvent): void {
    if (!this.#database.open) throw new Error('the usage store is closed')
    if (this.#waiting.length >= MOST_WAITING) {
      this.dropped += 1
      return
    }
    this.#waiting.push(event)
    if (this.#waiting.length === FULL_BATCH) this.#later(0)
    else if (this.#timer === undefined) this.#later(this.#flushMs)
  }

  async events(filter: EventFilter): Promise<StoredEvent[]> {
    await this.flush()
    return this.#all<StoredEvent>(`${selectEvents} WHERE ${matching} ORDER BY event.id`, parametersOf(filter))
  }

  async count(filter: EventFilter): Promise<number> {
    await this.flush()
    const [row] = this.#all<{ count: number }>(
      `SELECT count(*) AS count FROM usage_event WHERE ${matching}`,
      parametersOf(filter),
    )
    return row?.count ?? 0
  }

  async countByKey(filter: EventFilter): Promise<KeyCount[]> {
    await this.flush()
    const counted = `SELECT key, count(*) AS count FROM usage_event WHERE ${matching} GROUP BY key`
    const text = `SELECT hash AS key, hint, count FROM (${counted}) AS counted JOIN usage_key ON usage_key.id = counted.key`
    return this.#all<KeyCount>(text, parametersOf(filter))
  }

  async oldest(limit: number): Promise<StoredEvent[]> {
    await this.flush()
    return this.#all<StoredEvent>(`${selectEvents} ORDER BY event.id LIMIT @limit`, { limit })
  }

  async remove(ids: readonly number[]): Promise<void> {
    this.#all('DELETE FROM usage_event WHERE id IN (SELECT value FROM json_each(@ids)) RETURNING 1', { ids: JSON.stringify(ids) })
  }

  /** Rejects when the file cannot be written; the events stay in memory. */
  async flush(): Promise<void> {
    this.#write()
  }

  async close(): Promise<void> {
    if (!this.#database.open) return
    this.#write()
    atExit.delete(this.#writeAtExit)
    this.#database.close()
  }

  #later(ms: number): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#tryWrite(), ms)
    // A program that is done need not wait for it: what waits is written at its exit.
    this.#timer.unref()
  }

  #tryWrite(): void {
    try {
      this.#write()
      this.#isFailing = false
    } catch (error) {
      if (!this.#isFailing) this.#onError(error)
      this.#isFailing = true
    }
  }

  #write(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#waiting.length === 0) return
    try {
      this.#database.transaction(() => this.#writeAll(this.#waiting)).immediate()
    } catch (error) {
      // The rows that these were to name were rolled back.
      this.#keys.forget()
      this.#methods.forget()
      this.#later(Math.max(RETRY_MS, this.#flushMs))
      throw error
    }
    this.#waiting = []
  }

  #writeAll(events: readonly UsageEvent[]): void {
    for (const { key, hint, statusId, latency, method, finishedAt } of events) {
      const methodId = method === null ? null : this.#methods.row(method)
      this.#insert.run(this.#keys.row(key, hint), statusId, latency, methodId, Math.round(finishedAt))
    }
    const { span, first } = this.#span.get() as { span: number; first: number }
    const excess = Math.min(span - this.#maxEvents, Math.max(DELETE_SLICE, events.length))
    if (excess > 0) this.#database.prepare('DELETE FROM usage_event WHERE id < ?').run(first + excess)
  }

  #all<Row>(text: string, parameters: Record<string, unknown>): Row[] {
    return this.#database.prepare(text).all(parameters) as Row[]
  }
}

function parametersOf({ since, key, statusId }: EventFilter): Record<string, unknown> {
  return { since: Number.isFinite(since) ? since : Number.MIN_SAFE_INTEGER, key: key ?? null, statusId: statusId ?? null }
}

function open(file: string): Database.Database {
  // SQLite would make it readable for everybody.
  if (file !== ':memory:') closeSync(openSync(file, 'a', 0o600))
  const database = new Database(file, { timeout: 5000 })
  try {
    database.pragma('trusted_schema = OFF')
    const version = database.pragma('user_version', { simple: true }) as number
    if (version > SCHEMA_VERSION) throw new Error('This usage file was made by a newer Keywheel; it was not touched.')
    if (version === 0) database.pragma('auto_vacuum = INCREMENTAL')
    database.pragma('journal_mode = WAL')
    database.pragma('synchronous = NORMAL')
    database.pragma('journal_size_limit = 8388608')
    database.exec(createTables)
    database.pragma(`user_version = ${SCHEMA_VERSION}`)
    database.pragma(`busy_timeout = ${BUSY_MS}`)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** The salt in the file, made when there is none. */
function saltOf(database: Database.Database): string {
  database
    .prepare("INSERT INTO usage_meta (name, value) VALUES ('salt', ?) ON CONFLICT DO NOTHING")
    .run(randomBytes(16).toString('hex'))
  return (database.prepare("SELECT value FROM usage_meta WHERE name = 'salt'").get() as { value: string }).value
}

/** Rows that name something once: their numbers, remembered. */
class RowNames {
  readonly #insert: Database.Statement
  readonly #select: Database.Statement
  readonly #rows = new Map<string, number>()

  constructor(database: Database.Database, table: string, ...columns: [string, ...string[]]) {
    const places = columns.map(() => '?').join(', ')
    this.#insert = database.prepare(`INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places}) ON CONFLICT DO NOTHING`)
    this.#select = database.prepare(`SELECT id FROM ${table} WHERE ${columns[0]} = ?`)
  }

  /** The row of a name; a new name gets one, with what else belongs into it. */
  row(name: string, ...more: string[]): number {
    const known = this.#rows.get(name)
    if (known !== undefined) return known
    this.#insert.run(name, ...more)
    const { id } = this.#select.get(name) as { id: number }
    this.#rows.set(name, id)
    return id
  }

  forget(): void {
    this.#rows.clear()
  }
}

function warn(error: unknown): void {
  const reason = error instanceof Error ? error.name : 'unknown error'
  process.emitWarning(`The usage file could not be written (${reason}); it is tried again.`, 'KeywheelWarning')
}
