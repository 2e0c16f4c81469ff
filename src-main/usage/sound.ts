/** Figures that can be stored and added up: a request with one that cannot must hold up neither its batch nor the log. */
import type { RequestRow } from '../../src-preload/contract/index.ts'

/** No request has so many bytes, tokens or milliseconds, and 64 bits hold the sum of nine million such rows. */
const max = 1e12
/** 100,000 dollars. */
const maxNanos = 1e14
/** The last moment that a Date can hold. */
const maxAt = 8.64e15

const tokens = ['inputTokens', 'outputTokens', 'cacheReadTokens', 'cacheWriteTokens', 'reasoningTokens'] as const

/**
 * The row with figures from 0 up, counts whole. What is no number, negative or beyond all reason becomes unknown (null) where a
 * row can say so, else 0; `mended` names the fields that this happened to.
 */
export function soundRow(row: RequestRow): { row: RequestRow; mended: string[] } {
  return isSound(row) ? { row, mended: nothing } : mend(row)
}

const nothing: string[] = []

/** Nearly every row is; it is looked at for every call. */
function isSound(row: RequestRow): boolean {
  return (
    isCount(row.at, maxAt) &&
    (row.status === null || isCount(row.status)) &&
    row.attempts.every(({ status, ms }) => (status === null || isCount(status)) && isFigure(ms)) &&
    (row.estimatedTokens === null || isCount(row.estimatedTokens)) &&
    isFigure(row.msQueued) &&
    (row.msFirstByte === null || isFigure(row.msFirstByte)) &&
    isFigure(row.msTotal) &&
    isCount(row.bytesIn) &&
    isCount(row.bytesOut) &&
    (row.costNanos === null || isCount(row.costNanos, maxNanos)) &&
    tokens.every((name) => row[name] === null || isCount(row[name]))
  )
}

function isFigure(value: number, limit = max): boolean {
  return value >= 0 && value <= limit
}

function isCount(value: number, limit = max): boolean {
  return isFigure(value, limit) && Number.isInteger(value)
}

function mend(row: RequestRow): { row: RequestRow; mended: string[] } {
  const mended: string[] = []
  const figure = (name: string, value: number | null, limit = max): number | null => {
    if (value === null || (value >= 0 && value <= limit)) return value
    mended.push(name)
    return null
  }
  const count = (name: string, value: number | null, limit = max): number | null => {
    const known = figure(name, value, limit)
    return known === null ? null : Math.round(known)
  }
  const sound: RequestRow = {
    ...row,
    at: count('at', row.at, maxAt) ?? 0,
    status: count('status', row.status),
    attempts: row.attempts.map((attempt) => ({
      ...attempt,
      status: count('attempts.status', attempt.status),
      ms: figure('attempts.ms', attempt.ms) ?? 0,
    })),
    estimatedTokens: count('estimatedTokens', row.estimatedTokens),
    credits: figure('credits', row.credits),
    msQueued: figure('msQueued', row.msQueued) ?? 0,
    msFirstByte: figure('msFirstByte', row.msFirstByte),
    msTotal: figure('msTotal', row.msTotal) ?? 0,
    bytesIn: count('bytesIn', row.bytesIn) ?? 0,
    bytesOut: count('bytesOut', row.bytesOut) ?? 0,
    costNanos: count('costNanos', row.costNanos, maxNanos),
  }
  for (const name of tokens) sound[name] = count(name, row[name])
  return { row: sound, mended }
}
