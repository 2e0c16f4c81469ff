/** When the log begins. */
import { coarseTiers, storedMs } from './plan.ts'
import { andIs, type Sql, text } from './sql.ts'

/** Start of the oldest rollup (of one pool), in the finest period that reaches back to it; null when nothing was ever counted. Wall ms. */
export function firstCounted(sql: Sql, pool: string | undefined, now: number): number | null {
  const oldest = (period: 'minute' | 'hour' | 'day') =>
    sql.all(text<{ at: number }>`SELECT at FROM coarse WHERE period = ${period}${andIs('pool', pool)} ORDER BY at LIMIT 1`)[0]?.at
  const day = oldest('day')
  if (day === undefined) return null
  const finest = coarseTiers.find(({ period }) => day > now - storedMs(coarseTiers, period))?.period ?? 'day'
  return finest === 'day' ? day : (oldest(finest) ?? day)
}
