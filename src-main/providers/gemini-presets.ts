/**
 * Gemini's free tier as the gemini-key-pool project wrote it down, twice and not alike. Per project; tokens are input tokens;
 * the day ends at midnight in California (ai.google.dev/gemini-api/docs/rate-limits).
 */
import type { Limit, Limits } from '../pool/types.ts'
import { quotaZone } from './gemini-error.ts'
import { dayIn, limit, minute } from './limits.ts'
import type { LimitPreset } from './types.ts'

/** Requests per minute, input tokens per minute, requests per day; null = not given. */
type Row = readonly [rpm: number, tpm: number | null, rpd: number | null]

/** Its configuration file, complete but older. */
const fileRows: Readonly<Record<string, Row>> = {
  'gemini-3.1-flash-lite': [15, 250_000, 500],
  'gemini-3-flash': [10, 250_000, 1000],
  'gemma-3-1b-it': [30, null, 14_400],
  'gemini-3.1-pro': [10, 250_000, 1000],
  'gemini-2.5-flash': [15, 250_000, 1000],
  'gemini-2.5-pro': [10, 250_000, 1000],
  'gemini-embedding-001': [1500, null, null],
}

/** Its README, without the 2.5 models and embeddings. 3.1 Pro is not in the free tier at all. */
const readmeRows: Readonly<Record<string, Row>> = {
  'gemini-3.1-flash-lite': [15, 250_000, 500],
  'gemini-3-flash': [5, 250_000, 20],
  'gemini-3.1-pro': [0, 0, 0],
  ...Object.fromEntries(['1b', '4b', '12b', '27b'].map((size) => [`gemma-3-${size}-it`, [30, 15_000, 14_400] as const])),
}

export const geminiPresets: readonly LimitPreset[] = [
  {
    id: 'free',
    name: 'Free tier',
    limits: table({ ...fileRows, ...readmeRows }),
    source: "gemini-key-pool's README; what it leaves out from its configuration file (read November 2026)",
  },
  {
    id: 'free-file',
    name: 'Free tier, higher figures',
    limits: table(fileRows),
    source: "gemini-key-pool's configuration file (read November 2026)",
  },
]

/** A preview of a model has its limits. */
function table(rows: Readonly<Record<string, Row>>): Limits {
  return Object.fromEntries(
    Object.entries(rows).flatMap(([model, row]) => [
      [model, limitsOf(row)],
      [`${model}-preview*`, limitsOf(row)],
    ]),
  )
}

function limitsOf([rpm, tpm, rpd]: Row): Limit[] {
  return [
    limit('requests', minute, rpm),
    ...(tpm === null ? [] : [limit('input', minute, tpm)]),
    ...(rpd === null ? [] : [limit('requests', dayIn(quotaZone), rpd)]),
  ]
}
