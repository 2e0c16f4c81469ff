/**
 * A billing store in SQLite: it outlives the program, and several programs may count in one file. Check and count are one
 * transaction that takes the file's write lock first.
 */
import { fromMicros, toMicros } from '../../clients/quota.ts'
import type { Interval } from '../../clients/quota-interval.ts'
import {
  type BillingStore,
  type BillingStoreOptions,
  type DailyUsage,
  dailyOf,
  forgetBefore,
  type Ledger,
  thinnings,
} from '../billing-store.ts'

/** What is used of better-sqlite3, which the caller brings along: set its `timeout` if other programs write to the file. */
export interface SqliteDatabase {
  exec(sql: string): unknown
  prepare(sql: string): { run(values: object): unknown; get(values: object): unknown }
  transaction<T>(work: () => T): { immediate(): T }
}

/** Times fit into 53 bits; an open bound is one of these. */
const [EVER, NEVER] = [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]

/** The primary key is the index for every question. `running` = micros of this and all earlier rows of the client. */
const schema = `
  CREATE TABLE IF NOT EXISTS keywheel_billing_usage (
    client_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    micros INTEGER NOT NULL,
    running INTEGER NOT NULL,
    PRIMARY KEY (client_id, at)
  ) STRICT, WITHOUT ROWID`

/** A bound number may arrive as a fraction, and then the division would be one of fractions. */
const step = 'CAST(@step AS INTEGER)'
const isLast = `NOT EXISTS (SELECT 1 FROM keywheel_billing_usage AS later
      WHERE later.client_id = @clientId AND later.at > last.at AND later.at < (last.at / ${step} + 1) * ${step})`

const statements = {
  first: `SELECT at, running - micros AS before FROM keywheel_billing_usage
    WHERE client_id = @clientId AND at >= @start AND at < @end ORDER BY at LIMIT 1`,
  last: `SELECT running FROM keywheel_billing_usage
    WHERE client_id = @clientId AND at >= @start AND at < @end ORDER BY at DESC LIMIT 1`,
  add: `INSERT INTO keywheel_billing_usage VALUES (@clientId, @at, @micros, @before + @micros)
    ON CONFLICT DO UPDATE SET micros = micros + @micros, running = running + @micros`,
  // Later rows there are only after the clock was set back.
  raiseLater: `UPDATE keywheel_billing_usage SET running = running + @micros WHERE client_id = @clientId AND at > @at`,
  remove: `DELETE FROM keywheel_billing_usage WHERE client_id = @clientId AND at >= @start AND at < @end`,
  // The last row of each step takes over what the earlier ones counted; then these go.
  gather: `UPDATE keywheel_billing_usage AS last SET micros = running - (
      SELECT first.running - first.micros FROM keywheel_billing_usage AS first
      WHERE first.client_id = @clientId AND first.at >= last.at / ${step} * ${step} ORDER BY first.at LIMIT 1)
    WHERE client_id = @clientId AND at >= @start AND at < @end AND ${isLast}`,
  dropGathered: `DELETE FROM keywheel_billing_usage AS last
    WHERE client_id = @clientId AND at >= @start AND at < @end AND NOT ${isLast}`,
} as const

type Statements = Record<keyof typeof statements, ReturnType<SqliteDatabase['prepare']>>

/** Old rows are put together, and forgotten, when so many calls of a client were counted. */
const tidyEvery = 1000

/** Creates its table when it is missing. `track` waits for the file's write lock as long as the database's `timeout` says. */
export class SqliteBillingStore implements BillingStore {
  readonly #database: SqliteDatabase
  readonly #sql: Statements
  readonly #zone: string
  readonly #keepDays: number
  /** Calls counted since the client's rows were tidied, and up to where that was done. */
  readonly #untidy = new Map<string, { calls: number; upTo: number[] }>()

  constructor(database: SqliteDatabase, options: BillingStoreOptions = {}) {
    database.exec(schema)
    this.#database = database
    this.#sql = Object.fromEntries(Object.entries(statements).map(([name, sql]) => [name, database.prepare(sql)])) as Statements
    this.#zone = options.zone ?? 'UTC'
    this.#keepDays = options.keepDays ?? Number.POSITIVE_INFINITY
  }

  track(
    usage: { clientId: string; credits: number; at: number },
    spans: readonly Interval[],
    admit: (totals: readonly number[]) => boolean,
  ): boolean {
    const { clientId, at } = usage
    return this.#database
      .transaction(() => {
        if (!admit(spans.map(({ start, end }) => this.total(clientId, start, end)))) return false
        this.#add(clientId, Math.floor(at), toMicros(usage.credits))
        this.#tidy(clientId, at, spans)
        return true
      })
      .immediate()
  }

  total(clientId: string, start = EVER, end = NEVER): number {
    const span = { clientId, start, end }
    const first = this.#sql.first.get(span) as { before: number } | undefined
    const last = this.#sql.last.get(span) as { running: number } | undefined
    return first && last ? fromMicros(last.running - first.before) : 0
  }

  daily(clientId: string, start = EVER, end = NEVER): DailyUsage[] {
    const ledger: Ledger = {
      total: (from, to) => this.total(clientId, from, to),
      firstAt: (from, to) => (this.#sql.first.get({ clientId, start: from, end: to }) as { at: number } | undefined)?.at,
    }
    return dailyOf(ledger, clientId, this.#zone, start, end)
  }

  delete(clientId: string, start = EVER, end = NEVER): void {
    this.#database
      .transaction(() => {
        const micros = toMicros(this.total(clientId, start, end))
        this.#sql.remove.run({ clientId, start, end })
        this.#sql.raiseLater.run({ clientId, at: start, micros: -micros })
      })
      .immediate()
  }

  #add(clientId: string, at: number, micros: number): void {
    const earlier = this.#sql.last.get({ clientId, start: EVER, end: at }) as { running: number } | undefined
    const later = this.#sql.first.get({ clientId, start: at, end: NEVER }) as { before: number } | undefined
    this.#sql.add.run({ clientId, at, micros, before: earlier?.running ?? later?.before ?? 0 })
    this.#sql.raiseLater.run({ clientId, at, micros })
  }

  #tidy(clientId: string, now: number, spans: readonly Interval[]): void {
    const state = this.#untidy.get(clientId) ?? { calls: 0, upTo: thinnings.map(() => EVER) }
    this.#untidy.set(clientId, state)
    if (++state.calls < tidyEvery) return
    state.calls = 0
    for (const [index, { age, step: ms }] of thinnings.entries()) {
      const range = { clientId, step: ms, start: state.upTo[index] ?? EVER, end: Math.floor((now - age) / ms) * ms }
      this.#sql.gather.run(range)
      this.#sql.dropGathered.run(range)
      state.upTo[index] = range.end
    }
    const before = forgetBefore(now, this.#keepDays, spans)
    if (Number.isFinite(before)) this.#sql.remove.run({ clientId, start: EVER, end: Math.floor(before) })
  }
}
