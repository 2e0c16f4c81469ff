/** Changes of configuration in keywheel.db: of each subject the newest stay. */
import { compiler } from '../usage/sql.ts'
import type { Connection } from './connection.ts'
import { history } from './tables.ts'
import type { HistoryRow, Storage } from './types.ts'

const kept = 200

const db = compiler<{ history: Omit<HistoryRow, 'before' | 'after'> & { before: string; after: string; rowid: number } }>()

/** The newest first; with an id only that one. */
export function changesOf(config: Connection, query: Parameters<Storage['history']>[0]): HistoryRow[] {
  let rows = db.selectFrom('history').selectAll().orderBy('at', 'desc').orderBy('rowid', 'desc').limit(kept)
  rows =
    'id' in query
      ? rows.where('id', '=', query.id)
      : rows.where('subject', '=', query.subject).where('slug', 'is', query.slug ?? null)
  return config.all(rows.compile()).map((row) => ({
    ...row,
    before: JSON.parse(row.before) as HistoryRow['before'],
    after: JSON.parse(row.after) as HistoryRow['after'],
  }))
}

export function putChange(config: Connection, row: HistoryRow): void {
  history.put(config, row)
  const older = db
    .selectFrom('history')
    .select('id')
    .where('subject', '=', row.subject)
    .where('slug', 'is', row.slug)
    .orderBy('at', 'desc')
    .orderBy('rowid', 'desc')
    .limit(-1)
    .offset(kept)
  config.run(db.deleteFrom('history').where('id', 'in', older).compile())
}
