/** What one key was used for, model by model, from the request log. */
import { db, type Sql } from './sql.ts'
import type { KeyModelQuery, KeyModelUse } from './types.ts'

/** By the model that was asked for, because limits are given for that name; tokens that nobody knows count as none, and kept answers used no key. */
export function keyModels(sql: Sql, { key, from, to }: KeyModelQuery): KeyModelUse[] {
  return sql.all(
    db
      .selectFrom('requests')
      .select(({ fn, val }) => [
        fn.coalesce('modelAsked', 'modelServed', val('')).as('model'),
        fn.countAll<number>().as('requests'),
        fn.coalesce(fn.sum<number>('inputTokens'), val(0)).as('inputTokens'),
        fn.coalesce(fn.sum<number>('outputTokens'), val(0)).as('outputTokens'),
      ])
      .where('at', '>=', from)
      .where('at', '<', to)
      .where('keyId', '=', key)
      .where('cache', 'is not', 'hit')
      .groupBy('model')
      .orderBy('model')
      .compile(),
  )
}
