/** A billing store in memory: its usage is gone with the process. Old rows are put together, so that it does not grow with every call. */
import { fromMicros, toMicros } from '../clients/quota.ts'
import type { Interval } from '../clients/quota-interval.ts'
import {
  type BillingStore,
  type BillingStoreOptions,
  type DailyUsage,
  dailyOf,
  forgetBefore,
  type Ledger,
  thinnings,
} from './billing-store.ts'

interface Row {
  at: number
  micros: number
  /** Micros of this and all earlier rows, counted from some beginning. */
  running: number
}

/** One client's rows in order of time. */
interface Account {
  rows: Row[]
  /** They are thinned out when there are so many. */
  most: number
}

const fewRows = 10_000

export class MemoryBillingStore implements BillingStore {
  readonly #accounts = new Map<string, Account>()
  readonly #zone: string
  readonly #keepDays: number

  constructor(options: BillingStoreOptions = {}) {
    this.#zone = options.zone ?? 'UTC'
    this.#keepDays = options.keepDays ?? Number.POSITIVE_INFINITY
  }

  track(
    usage: { clientId: string; credits: number; at: number },
    spans: readonly Interval[],
    admit: (totals: readonly number[]) => boolean,
  ): boolean {
    const { clientId, credits, at } = usage
    if (!admit(spans.map(({ start, end }) => this.total(clientId, start, end)))) return false
    const account = this.#accounts.get(clientId) ?? { rows: [], most: fewRows }
    this.#accounts.set(clientId, account)
    add(account.rows, at, toMicros(credits))
    account.rows.splice(0, indexOf(account.rows, forgetBefore(at, this.#keepDays, spans)))
    if (account.rows.length >= account.most) thin(account, at)
    return true
  }

  total(clientId: string, start = Number.NEGATIVE_INFINITY, end = Number.POSITIVE_INFINITY): number {
    const rows = this.#rowsOf(clientId)
    const [first, last] = [rows[indexOf(rows, start)], rows[indexOf(rows, end) - 1]]
    return first && last && first.at <= last.at ? fromMicros(last.running - first.running + first.micros) : 0
  }

  daily(clientId: string, start = Number.NEGATIVE_INFINITY, end = Number.POSITIVE_INFINITY): DailyUsage[] {
    const rows = this.#rowsOf(clientId)
    const ledger: Ledger = {
      total: (from, to) => this.total(clientId, from, to),
      firstAt: (from, to) => {
        const first = rows[indexOf(rows, from)]
        return first && first.at < to ? first.at : undefined
      },
    }
    return dailyOf(ledger, clientId, this.#zone, start, end)
  }

  delete(clientId: string, start = Number.NEGATIVE_INFINITY, end = Number.POSITIVE_INFINITY): void {
    const rows = this.#rowsOf(clientId)
    const gone = toMicros(this.total(clientId, start, end))
    const from = indexOf(rows, start)
    rows.splice(from, Math.max(0, indexOf(rows, end) - from))
    for (const row of rows.slice(from)) row.running -= gone
    if (rows.length === 0) this.#accounts.delete(clientId)
  }

  #rowsOf(clientId: string): Row[] {
    return this.#accounts.get(clientId)?.rows ?? []
  }
}

/** Index of the first row at or after `at`. */
function indexOf(rows: readonly Row[], at: number): number {
  let [low, high] = [0, rows.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((rows[middle]?.at ?? 0) < at) low = middle + 1
    else high = middle
  }
  return low
}

function add(rows: Row[], at: number, micros: number): void {
  const index = indexOf(rows, at)
  const here = rows[index]
  if (here?.at === at) here.micros += micros
  else {
    const before = rows[index - 1]?.running ?? (here ? here.running - here.micros : 0)
    rows.splice(index, 0, { at, micros, running: before })
  }
  // Later rows there are only after the clock was set back.
  for (let i = index; i < rows.length; i++) rows[i]!.running += micros
}

function thin(account: Account, now: number): void {
  for (const { age, step } of thinnings) {
    const kept: Row[] = []
    for (const row of account.rows) {
      const last = kept.at(-1)
      const together = last && row.at < now - age && Math.floor(row.at / step) === Math.floor(last.at / step)
      if (together) kept[kept.length - 1] = { ...row, micros: row.micros + last.micros }
      else kept.push(row)
    }
    account.rows = kept
  }
  account.most = Math.max(fewRows, account.rows.length * 2)
}
