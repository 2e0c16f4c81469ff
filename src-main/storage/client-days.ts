/** What clients have used by day, in usage.db. */
import { sql } from 'kysely'
import { compiler } from '../usage/sql.ts'
import type { Connection } from './connection.ts'
import type { ClientDayRow, MemoryWrites } from './types.ts'

const db = compiler<{ clientDays: ClientDayRow }>()

/** Of each client the newest day. */
export function newestDays(usage: Connection): ClientDayRow[] {
  const newest = db
    .selectFrom('clientDays')
    .select((eb) => ['client', eb.fn.max('day').as('day')])
    .groupBy('client')
  return usage.all(
    db
      .selectFrom('clientDays')
      .innerJoin(newest.as('newest'), (join) =>
        join.onRef('newest.client', '=', 'clientDays.client').onRef('newest.day', '=', 'clientDays.day'),
      )
      .selectAll('clientDays')
      .compile(),
  )
}

/** The oldest first; both ends inclusive. */
export function daysOf(usage: Connection, { client, from, to }: { client: string; from: string; to: string }): ClientDayRow[] {
  const days = db.selectFrom('clientDays').selectAll().where('client', '=', client)
  return usage.all(days.where('day', '>=', from).where('day', '<=', to).orderBy('day').compile())
}

/** A day never counts less than it did: who counts anew (its clock was far ahead for a while) has forgotten, and has not given back. */
export function putDay(usage: Connection, row: ClientDayRow): void {
  const insert = db.insertInto('clientDays').values(row)
  const most = (column: 'calls' | 'credits') =>
    sql<number>`max(${sql.ref(`clientDays.${column}`)}, ${sql.ref(`excluded.${column}`)})`
  const set = { calls: most('calls'), credits: most('credits') }
  usage.run(insert.onConflict((conflict) => conflict.columns(['client', 'day']).doUpdateSet(set)).compile())
}

export function forgetDays(usage: Connection, { client, from, to }: MemoryWrites['goneClientDays'][number]): void {
  const days = db.deleteFrom('clientDays').where('client', '=', client)
  usage.run(days.where('day', '>=', from).where('day', '<=', to).compile())
}
