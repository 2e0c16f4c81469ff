/** Exports all that a filter finds, page by page: the page's memory holds one page and what is being written. */
import type { RequestRow } from '../../../src-preload/contract/index.ts'
import type { Client } from '../../bridge/index.ts'
import type { Range } from '../../parts/range.ts'
import { csvHead, csvRows, jsonRows } from './export.ts'
import { queryFromFilter, type TrafficFilter } from './filter.ts'

export type ExportedAs = 'csv' | 'json'

const exportTypes: Record<ExportedAs, string> = { csv: 'text/csv;charset=utf-8', json: 'application/json' }

const pageRows = 200
/** Pages that become one piece of the file, which the browser may keep on disk. */
const pagesInPiece = 25

interface ExportRun {
  client: Client
  filter: TrafficFilter & { range: Range }
  /** Wall ms: what ends later is not in it. */
  now: number
  as: ExportedAs
  /** So many more rows are written. */
  onRows: (count: number) => void
  signal: AbortSignal
}

/** All rows, newest first, as a file; null when it was stopped. */
export async function exportRequests({ client, filter, now, as, onRows, signal }: ExportRun): Promise<Blob | null> {
  const query = queryFromFilter(filter, now)
  const pieces: Blob[] = []
  let texts = [as === 'csv' ? csvHead() : '[']
  let written = 0
  let cursor: string | undefined
  do {
    const page: { items: RequestRow[]; nextCursor: string | null } = await client.requests.list(
      { ...query, limit: pageRows, ...(cursor !== undefined && { cursor }) },
      { signal },
    )
    if (page.items.length > 0)
      texts.push(as === 'csv' ? csvRows(page.items) : `${written > 0 ? ',' : ''}\n${jsonRows(page.items)}`)
    written += page.items.length
    onRows(page.items.length)
    if (texts.length >= pagesInPiece) {
      pieces.push(new Blob(texts))
      texts = []
    }
    cursor = page.nextCursor ?? undefined
  } while (cursor !== undefined && !signal.aborted)
  if (signal.aborted) return null
  if (as === 'json') texts.push('\n]\n')
  return new Blob([...pieces, ...texts], { type: exportTypes[as] })
}
