/** Turns rows of the log into a file for a spreadsheet or a script. */
import Papa from 'papaparse'
import type { RequestRow } from '../../../src-preload/contract/index.ts'
import { formatPool } from '../../format.ts'
import { uncertainAttempts } from './billing.ts'

const columns = [
  'time',
  'id',
  'client',
  'lane',
  'pool',
  'key',
  'model_asked',
  'model_served',
  'method',
  'path',
  'status',
  'outcome',
  'attempts',
  'streamed',
  'ms_queued',
  'ms_first_byte',
  'ms_total',
  'bytes_in',
  'bytes_out',
  'estimated_tokens',
  'input_tokens',
  'output_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'reasoning_tokens',
  'cost_usd',
  'price_version',
  'credits',
  'route',
  'client_format',
  'upstream_format',
  'dropped',
  'cache',
  'maybe_charged',
  'error_code',
] as const

function cells(row: RequestRow): Record<(typeof columns)[number], string | number | boolean | null> {
  return {
    time: new Date(row.at).toISOString(),
    id: row.id,
    client: row.clientName,
    lane: row.lane,
    pool: formatPool(row.pool),
    key: row.keyLabel,
    model_asked: row.modelAsked,
    model_served: row.modelServed,
    method: row.method,
    path: row.path,
    status: row.status,
    outcome: row.outcome,
    attempts: row.attempts.map((attempt) => `${attempt.keyLabel}:${attempt.outcome}`).join(' > '),
    streamed: row.streamed,
    ms_queued: row.msQueued,
    ms_first_byte: row.msFirstByte,
    ms_total: row.msTotal,
    bytes_in: row.bytesIn,
    bytes_out: row.bytesOut,
    estimated_tokens: row.estimatedTokens,
    input_tokens: row.inputTokens,
    output_tokens: row.outputTokens,
    cache_read_tokens: row.cacheReadTokens,
    cache_write_tokens: row.cacheWriteTokens,
    reasoning_tokens: row.reasoningTokens,
    // An empty cell is "unknown"; 0 would be a lie that a sum swallows.
    cost_usd: row.costNanos === null ? null : row.costNanos / 1e9,
    price_version: row.priceVersion,
    credits: row.credits,
    route: row.route,
    client_format: row.clientFormat,
    upstream_format: row.upstreamFormat,
    dropped: row.dropped.join(' '),
    cache: row.cache,
    maybe_charged: uncertainAttempts(row),
    error_code: row.errorCode,
  }
}

/** How a formula begins, whatever follows: Papa's own pattern overlooks one with a line break in it. */
const formula = /^[=+\-@\t\r]/

/** The header line of a CSV (RFC 4180). */
export function csvHead(): string {
  return columns.join(',')
}

/** Lines to be put below it, each with the break before it. Cells that a spreadsheet would run as a formula are made text. */
export function csvRows(rows: readonly RequestRow[]): string {
  const lines = Papa.unparse({ fields: [...columns], data: rows.map(cells) }, { escapeFormulae: formula, header: false })
  return `\r\n${lines}`
}

/** Entries of a JSON array, as the log gave them. */
export function jsonRows(rows: readonly RequestRow[]): string {
  return rows.map((row) => JSON.stringify(row)).join(',\n')
}
