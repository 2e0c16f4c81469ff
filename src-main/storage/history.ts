/** Changes of configuration in keywheel.db: of each subject the newest stay. */
import { text } from '../usage/sql.ts'
import type { Connection } from './connection.ts'
import { history } from './tables.ts'
import type { HistoryRow, Storage } from './types.ts'

const kept = 200

type Stored = Omit<HistoryRow, 'before' | 'after'> & { before: string; after: string }

/** The newest first; with an id only that one. */
export function changesOf(config: Connection, query: Parameters<Storage['history']>[0]): HistoryRow[] {
  const asked = 'id' in query ? text`id = ${query.id}` : text`subject = ${query.subject} AND slug IS ${query.slug ?? null}`
  const rows = config.all(text<Stored>`SELECT * FROM history WHERE ${asked} ORDER BY at DESC, rowid DESC LIMIT ${kept}`)
  return rows.map((row) => ({
    ...row,
    before: JSON.parse(row.before) as HistoryRow['before'],
    after: JSON.parse(row.after) as HistoryRow['after'],
  }))
}

export function putChange(config: Connection, row: HistoryRow): void {
  history.put(config, row)
  config.run(text`
    DELETE FROM history WHERE rowid IN (
      SELECT rowid FROM history WHERE subject = ${row.subject} AND slug IS ${row.slug}
      ORDER BY at DESC, rowid DESC LIMIT -1 OFFSET ${kept})`)
}
