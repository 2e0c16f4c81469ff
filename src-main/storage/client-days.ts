/** What clients have used by day, in usage.db. */
import { text } from '../usage/sql.ts'
import type { Connection } from './connection.ts'
import type { ClientDayRow, MemoryWrites } from './types.ts'

/** Of each client the newest day. */
export function newestDays(usage: Connection): ClientDayRow[] {
  return usage.all(text<ClientDayRow>`
    SELECT * FROM clientDays WHERE (client, day) IN (SELECT client, max(day) FROM clientDays GROUP BY client)`)
}

/** The oldest first; both ends inclusive. */
export function daysOf(usage: Connection, { client, from, to }: { client: string; from: string; to: string }): ClientDayRow[] {
  return usage.all(text<ClientDayRow>`
    SELECT * FROM clientDays WHERE client = ${client} AND day >= ${from} AND day <= ${to} ORDER BY day`)
}

/** A day never counts less than it did: who counts anew (its clock was far ahead for a while) has forgotten, and has not given back. */
export function putDay(usage: Connection, { client, day, calls, credits }: ClientDayRow): void {
  usage.run(text`
    INSERT INTO clientDays (client, day, calls, credits) VALUES (${client}, ${day}, ${calls}, ${credits})
    ON CONFLICT (client, day) DO UPDATE SET
      calls = max(clientDays.calls, excluded.calls), credits = max(clientDays.credits, excluded.credits)`)
}

export function forgetDays(usage: Connection, { client, from, to }: MemoryWrites['goneClientDays'][number]): void {
  usage.run(text`DELETE FROM clientDays WHERE client = ${client} AND day >= ${from} AND day <= ${to}`)
}
