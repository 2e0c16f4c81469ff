/** What clients use by day of the machine's zone: counted in memory, kept written down by memory.ts. */
import { Temporal } from 'temporal-polyfill'
import type { Calendar, Clock } from '../../pool/types.ts'
import type { ClientDayRow, MemoryWrites } from '../../storage/types.ts'

/** Both ends inclusive, YYYY-MM-DD. */
export interface Days {
  from: string
  to: string
}

export interface ClientDays {
  /** A call has ended, now. */
  count(client: string, credits: number): void
  /** These days of a client, the oldest first: as they were stored, and what has been counted since. */
  merged(client: string, days: Days, stored: readonly ClientDayRow[]): ClientDayRow[]
  forget(client: string, days: Days): void
  /** What has changed since the last time. */
  takeMemory(): Pick<MemoryWrites, 'clientDays' | 'goneClientDays'>
}

export const allDays: Days = { from: '0000-01-01', to: '9999-12-31' }

/** A clock that is put back by less than this opens no day twice. */
const backMs = 36 * 3_600_000
/** Of each client, in memory: the day that runs, and the one that a clock may be put back to. */
const kept = 2

interface DaysDeps {
  /** Of each client the newest day. */
  remembered: readonly ClientDayRow[]
  clock: Pick<Clock, 'now'>
  dayOf(at: number): string
}

export function createClientDays({ remembered, clock, dayOf }: DaysDeps): ClientDays {
  const clients = new Map<string, Map<string, ClientDayRow>>()
  const changed = new Set<ClientDayRow>()
  let gone: MemoryWrites['goneClientDays'] = []
  for (const row of remembered) clients.set(row.client, new Map([[row.day, { ...row }]]))

  const open = (client: string): ClientDayRow => {
    const days = clients.get(client) ?? new Map<string, ClientDayRow>()
    clients.set(client, days)
    const now = clock.now()
    const today = days.get(dayOf(now))
    if (today !== undefined) return today
    const newest = [...days.values()].reduce<ClientDayRow | null>((a, b) => (a === null || b.day > a.day ? b : a), null)
    if (newest !== null && newest.day > dayOf(now) && newest.day <= dayOf(now + backMs)) return newest
    const row = { client, day: dayOf(now), calls: 0, credits: 0 }
    days.set(row.day, row)
    const [oldest] = days.keys()
    if (days.size > kept && oldest !== undefined) days.delete(oldest)
    return row
  }

  return {
    count(client, credits) {
      const row = open(client)
      row.calls += 1
      // In millionths, so that fractions do not drift.
      row.credits = Math.round((row.credits + credits) * 1e6) / 1e6
      changed.add(row)
    },
    merged(client, days, stored) {
      const rows = new Map(stored.map((row) => [row.day, row]))
      for (const row of clients.get(client)?.values() ?? []) if (isIn(days, row)) rows.set(row.day, { ...row })
      return [...rows.values()].toSorted((a, b) => (a.day < b.day ? -1 : 1))
    },
    forget(client, days) {
      const rows = clients.get(client) ?? new Map<string, ClientDayRow>()
      for (const row of rows.values()) {
        if (!isIn(days, row)) continue
        rows.delete(row.day)
        changed.delete(row)
      }
      if (rows.size === 0) clients.delete(client)
      gone.push({ client, ...days })
    },
    takeMemory() {
      const taken = { clientDays: [...changed].map((row) => ({ ...row })), goneClientDays: gone }
      changed.clear()
      gone = []
      return taken
    },
  }
}

function isIn({ from, to }: Days, { day }: ClientDayRow): boolean {
  return day >= from && day <= to
}

/** Which day of `zone` a moment (wall ms) lies in; the running one is worked out once. */
export function dayNames(zone: string, calendar: Calendar): (at: number) => string {
  let known = { from: Number.POSITIVE_INFINITY, until: Number.NEGATIVE_INFINITY, name: '' }
  return (at) => {
    if (at >= known.from && at < known.until) return known.name
    const name = Temporal.Instant.fromEpochMilliseconds(Math.floor(at)).toZonedDateTimeISO(zone).toPlainDate().toString()
    known = { from: at, until: calendar.periodEnd('day', zone, at), name }
    return name
  }
}
