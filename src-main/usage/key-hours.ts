/** What some keys were used for, hour by hour. */
import { joined, type Sql, text } from './sql.ts'
import type { KeyHour, KeyHourQuery } from './types.ts'

/** Only hours in which there was anything. Each key and hour is looked up by itself, however many others there are. */
export function keyHours(sql: Sql, { keys, hours }: KeyHourQuery): KeyHour[] {
  if (keys.length === 0) return []
  const oneOf = (values: readonly (string | number)[]) =>
    joined(
      values.map((value) => text`${value}`),
      ', ',
    )
  return sql.all(
    text<KeyHour>`
      SELECT subject AS key, at, sum(calls) AS attempts, sum(failed) AS failed, sum(inputTokens + outputTokens) AS tokens
      FROM fine WHERE kind = 'key' AND period = 'hour' AND at IN (${oneOf(hours)}) AND subject IN (${oneOf(keys)})
      GROUP BY at, subject`,
  )
}
