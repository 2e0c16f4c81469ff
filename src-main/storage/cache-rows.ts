/** Reads and writes of cache.db. */
import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { text } from '../usage/sql.ts'
import type { CacheCalls } from './calls.ts'
import type { Connection } from './connection.ts'
import { corrupt } from './replaceable.ts'
import type { AnswerRow } from './types.ts'

/** Pages given back to the disk after rows were deleted. */
const vacuumPages = 256

type Input<Name extends keyof CacheCalls> = Parameters<CacheCalls[Name]>[0]

interface StoredAnswer {
  id: number
  status: number
  headers: string
  usage: string | null
  sum: number
  body: Uint8Array
}

/** Throws SQLITE_CORRUPT for a body that is not what it was. */
export function find(cache: Connection, { key, now }: Input<'find'>): AnswerRow | null {
  const [row] = cache.all(
    text<StoredAnswer>`
      SELECT answers.id, status, headers, usage, sum, body FROM answers JOIN bodies ON bodies.id = answers.id
      WHERE digest = ${digestOf(key)} AND until > ${now}`,
  )
  if (!row) return null
  if (crc32(row.body) !== row.sum) throw corrupt('a kept answer is not what it was')
  cache.run(text`UPDATE answers SET usedAt = ${now} WHERE id = ${row.id}`)
  return {
    status: row.status,
    headers: JSON.parse(row.headers) as string[],
    usage: row.usage === null ? null : (JSON.parse(row.usage) as object),
    body: row.body,
  }
}

/** An answer that is larger than all may be together is not kept. */
export function keep(cache: Connection, { key, answer, now, until, maxBytes }: Input<'keep'>): void {
  const digest = digestOf(key)
  const headers = JSON.stringify(answer.headers)
  const usage = answer.usage === null ? null : JSON.stringify(answer.usage)
  const bytes = answer.body.byteLength + Buffer.byteLength(headers) + Buffer.byteLength(usage ?? '')
  cache.transaction(() => {
    cache.run(text`DELETE FROM answers WHERE digest = ${digest}`)
    if (bytes > maxBytes || until <= now) return
    const { status, body } = answer
    const [made] = cache.all(
      text<{ id: number }>`
        INSERT INTO answers (digest, until, usedAt, bytes, status, headers, usage, sum)
        VALUES (${digest}, ${until}, ${now}, ${bytes}, ${status}, ${headers}, ${usage}, ${crc32(body)}) RETURNING id`,
    )
    if (made) cache.run(text`INSERT INTO bodies (id, body) VALUES (${made.id}, ${body})`)
  })
  sweep(cache, { now, maxBytes })
}

export function sweep(cache: Connection, { now, maxBytes }: Input<'sweep'>): void {
  let deleted = cache.run(text`DELETE FROM answers WHERE until <= ${now}`)
  // One at a time, because one may be as large as a thousand others.
  while (usedBytes(cache) > maxBytes && cache.run(deleteLongestUnused) > 0) deleted += 1
  if (deleted > 0) cache.exec(`PRAGMA incremental_vacuum(${vacuumPages})`)
}

export function info(cache: Connection): ReturnType<CacheCalls['info']> {
  const [row] = cache.all(
    text<ReturnType<CacheCalls['info']>>`SELECT count(*) AS entries, coalesce(sum(bytes), 0) AS bytes FROM answers`,
  )
  return row ?? { entries: 0, bytes: 0 }
}

function digestOf(key: string): Uint8Array {
  return createHash('sha256').update(key).digest()
}

const deleteLongestUnused = text`DELETE FROM answers WHERE id = (SELECT id FROM answers ORDER BY usedAt, id LIMIT 1)`

/** What the file takes, free pages not counted. */
function usedBytes(cache: Connection): number {
  return cache.all(sizeQuery)[0]?.bytes ?? 0
}

const sizeQuery = text<{ bytes: number }>`
  SELECT (page_count - freelist_count) * page_size AS bytes
  FROM pragma_page_count(), pragma_freelist_count(), pragma_page_size()`
