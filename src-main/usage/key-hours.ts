/** What some keys were used for, hour by hour. */
import { db, type Sql } from './sql.ts'
import type { KeyHour, KeyHourQuery } from './types.ts'

/** Only hours in which there was anything. Each key and hour is looked up by itself, however many others there are. */
export function keyHours(sql: Sql, { keys, hours }: KeyHourQuery): KeyHour[] {
  if (keys.length === 0) return []
  return sql.all(
    db
      .selectFrom('fine')
      .select(({ fn, eb }) => [
        'subject as key',
        'at',
        fn.sum<number>('calls').as('attempts'),
        fn.sum<number>('failed').as('failed'),
        fn.sum<number>(eb('inputTokens', '+', eb.ref('outputTokens'))).as('tokens'),
      ])
      .where('kind', '=', 'key')
      .where('period', '=', 'hour')
      .where('at', 'in', hours)
      .where('subject', 'in', keys)
      .groupBy(['at', 'subject'])
      .compile(),
  )
}
