/** The files that Traffic gives. */
import Papa from 'papaparse'
import { describe, expect, it } from 'vitest'
import type { RequestRow } from '../../src-preload/contract/index.ts'
import type { Client } from '../../src-renderer/bridge/index.ts'
import { csvHead, csvRows, jsonRows } from '../../src-renderer/screens/traffic/export.ts'
import { exportRequests } from '../../src-renderer/screens/traffic/export-requests.ts'
import { requestRow } from './build-rows.ts'

const toCsv = (rows: readonly RequestRow[]) => csvHead() + (rows.length === 0 ? '' : csvRows(rows))
const parse = (csv: string) => Papa.parse<Record<string, string>>(csv, { header: true }).data

describe('export of requests', () => {
  it('writes one line per request, with quotes and line breaks kept', () => {
    const [row] = parse(toCsv([requestRow({ modelAsked: 'a "b",\nc' })]))
    expect(row).toMatchObject({ time: '2026-01-02T03:04:05.000Z', pool: 'main', model_asked: 'a "b",\nc', ms_total: '34' })
  })

  it('leaves an unknown cost empty and writes a known one in dollars', () => {
    const rows = parse(toCsv([requestRow(), requestRow({ costNanos: 1_234_500 })]))
    expect(rows.map((row) => row['cost_usd'])).toEqual(['', '0.0012345'])
  })

  it('gives a spreadsheet nothing that it would run', () => {
    const [row] = parse(toCsv([requestRow({ clientName: '=HYPERLINK("http://x")' })]))
    expect(row?.['client']).toBe('\'=HYPERLINK("http://x")')
    expect(parse(toCsv([requestRow({ clientName: '=1+1\nx' })]))[0]?.['client']).toBe("'=1+1\nx")
  })

  it('shows the attempts in their order', () => {
    const attempt = { keyId: 'k', status: 429, ms: 3, message: null }
    const attempts = [
      { ...attempt, keyLabel: 'first', outcome: 'rate-short' as const },
      { ...attempt, keyLabel: 'second', outcome: 'ok' as const },
    ]
    expect(parse(toCsv([requestRow({ attempts })]))[0]?.['attempts']).toBe('first:rate-short > second:ok')
  })

  it('has a header even when nothing is filtered in', () => {
    expect(toCsv([])).toMatch(/^time,id,client,/)
  })

  it('gives the rows themselves as JSON', () => {
    const rows = [requestRow(), requestRow({ id: 'r2' })]
    expect(JSON.parse(`[${jsonRows(rows)}]`)).toEqual(rows)
  })
})

describe('export of all that is filtered', () => {
  const rows = Array.from({ length: 450 }, (_, n) => requestRow({ id: `r${n}` }))
  /** Pages of a log that has nothing that fits in the middle. */
  function log() {
    const asked: unknown[] = []
    const list = (query: { cursor?: string; limit: number }) => {
      asked.push(query)
      if (query.cursor === 'empty') return Promise.resolve({ items: [], nextCursor: '200', lookedTo: 1 })
      const start = Number(query.cursor ?? 0)
      const items = rows.slice(start, start + query.limit)
      const next = start === 0 ? 'empty' : start + query.limit < rows.length ? String(start + query.limit) : null
      return Promise.resolve({ items, nextCursor: next, lookedTo: null })
    }
    return { asked, client: { requests: { list } } as unknown as Client }
  }
  const filter = { range: { kind: '24h' }, minMs: 1000, retried: true } as const
  const counted: number[] = []
  const run = (client: Client, as: 'csv' | 'json', signal = new AbortController().signal) =>
    exportRequests({ client, filter, now: 1e12, as, signal, onRows: (count) => counted.push(count) })

  it('writes every page, also behind an empty one, and says how far it is', async () => {
    const { asked, client } = log()
    const json = JSON.parse((await (await run(client, 'json'))?.text()) ?? '') as RequestRow[]
    expect(json.map(({ id }) => id)).toEqual(rows.map(({ id }) => id))
    expect(counted).toEqual([200, 0, 200, 50])
    expect(asked).toHaveLength(4)
    expect(asked[0]).toMatchObject({ minMs: 1000, retried: true, to: 1e12 })
    const csv = parse((await (await run(log().client, 'csv'))?.text()) ?? '').filter((line) => line['id'] !== undefined)
    expect(csv).toHaveLength(450)
  })

  it('makes no file when it is stopped', async () => {
    const { asked, client } = log()
    const stop = new AbortController()
    const stopping = { requests: { list: (query: never) => (stop.abort(), client.requests.list(query)) } } as unknown as Client
    expect(await run(stopping, 'csv', stop.signal)).toBeNull()
    expect(asked).toHaveLength(1)
  })
})
