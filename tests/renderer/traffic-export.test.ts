/** The files that Traffic gives. */
import Papa from 'papaparse'
import { describe, expect, it } from 'vitest'
import { toCsv, toJson } from '../../src-renderer/screens/traffic/export.ts'
import { requestRow } from './build-rows.ts'

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
    expect(JSON.parse(toJson(rows))).toEqual(rows)
  })
})
