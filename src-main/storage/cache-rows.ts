/** Reads and writes of cache.db. */
import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { sql as raw } from 'kysely'
import { compiler } from '../usage/sql.ts'
import type { CacheCalls } from './calls.ts'
import type { Connection } from './connection.ts'
import { corrupt } from './replaceable.ts'
import type { AnswerRow } from './types.ts'

interface CacheTables {
  answers: {
    id: number
    digest: Uint8Array
    until: number
    usedAt: number
    bytes: number
    status: number
    headers: string
    usage: string | null
    sum: number
  }
  bodies: { id: number; body: Uint8Array }
}

const db = compiler<CacheTables>()

/** Pages given back to the disk after rows were deleted. */
const vacuumPages = 256

type Input<Name extends keyof CacheCalls> = Parameters<CacheCalls[Name]>[0]

/** Throws SQLITE_CORRUPT for a body that is not what it was. */
export function find(cache: Connection, { key, now }: Input<'find'>): AnswerRow | null {
  const [row] = cache.all(
    db
      .selectFrom('answers')
      .innerJoin('bodies', 'bodies.id', 'answers.id')
      .select(['answers.id', 'status', 'headers', 'usage', 'sum', 'body'])
      .where('digest', '=', digestOf(key))
      .where('until', '>', now)
      .compile(),
  )
  if (!row) return null
  if (crc32(row.body) !== row.sum) throw corrupt('a kept answer is not what it was')
  cache.run(db.updateTable('answers').set({ usedAt: now }).where('id', '=', row.id).compile())
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
    cache.run(db.deleteFrom('answers').where('digest', '=', digest).compile())
    if (bytes > maxBytes || until <= now) return
    const { status, body } = answer
    const row = { digest, until, usedAt: now, bytes, status, headers, usage, sum: crc32(body) }
    const [made] = cache.all(
      db
        .insertInto('answers')
        .values(row as CacheTables['answers'])
        .returning('id')
        .compile(),
    )
    if (made) cache.run(db.insertInto('bodies').values({ id: made.id, body }).compile())
  })
  sweep(cache, { now, maxBytes })
}

export function sweep(cache: Connection, { now, maxBytes }: Input<'sweep'>): void {
  let deleted = cache.run(db.deleteFrom('answers').where('until', '<=', now).compile())
  // One at a time, because one may be as large as a thousand others.
  while (usedBytes(cache) > maxBytes && cache.run(deleteLongestUnused) > 0) deleted += 1
  if (deleted > 0) cache.exec(`PRAGMA incremental_vacuum(${vacuumPages})`)
}

export function info(cache: Connection): ReturnType<CacheCalls['info']> {
  const [row] = cache.all(
    db
      .selectFrom('answers')
      .select(({ fn, val }) => [fn.countAll<number>().as('entries'), fn.coalesce(fn.sum<number>('bytes'), val(0)).as('bytes')])
      .compile(),
  )
  return row ?? { entries: 0, bytes: 0 }
}

function digestOf(key: string): Uint8Array {
  return createHash('sha256').update(key).digest()
}

const deleteLongestUnused = db
  .deleteFrom('answers')
  .where('id', '=', (rows) => rows.selectFrom('answers').select('id').orderBy('usedAt').orderBy('id').limit(1))
  .compile()

/** What the file takes, free pages not counted. */
function usedBytes(cache: Connection): number {
  return cache.all(sizeQuery)[0]?.bytes ?? 0
}

const sizeQuery = raw<{ bytes: number }>`
  SELECT (page_count - freelist_count) * page_size AS bytes
  FROM pragma_page_count(), pragma_freelist_count(), pragma_page_size()`.compile(db)
