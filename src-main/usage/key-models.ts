/** What one key was used for, model by model, from the request log. */
import { type Sql, text } from './sql.ts'
import type { KeyModelQuery, KeyModelUse } from './types.ts'

/** By the model that was asked for, because limits are given for that name; tokens that nobody knows count as none, and kept answers used no key. */
export function keyModels(sql: Sql, { key, from, to }: KeyModelQuery): KeyModelUse[] {
  return sql.all(
    text<KeyModelUse>`
      SELECT coalesce(modelAsked, modelServed, '') AS model, count(*) AS requests,
        coalesce(sum(inputTokens), 0) AS inputTokens, coalesce(sum(outputTokens), 0) AS outputTokens
      FROM requests WHERE at >= ${from} AND at < ${to} AND keyId = ${key} AND cache IS NOT 'hit'
      GROUP BY model ORDER BY model`,
  )
}
