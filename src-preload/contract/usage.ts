/** What was called, how it ended, what it used and cost. */
import { z } from 'zod'
import { lanes } from './client.ts'
import { cursor, id, instant, instantQuery, pageLimit } from './common.ts'
import { timeZone } from './limits.ts'

/** How an attempt ended (the engine's outcomes), and `no-key` for a call that never got a key. */
export const outcomes = [
  'ok',
  'rate-short',
  'rate-daily',
  'no-credit',
  'key-invalid',
  'model-unavailable',
  'overloaded',
  'request-bad',
  'network',
  'aborted',
  'no-key',
] as const
const outcome = z.enum(outcomes)
export type RequestOutcome = z.infer<typeof outcome>

const count = z.number().int()
/** Null = the answer did not say. */
const tokens = count.nullable()

export const attempt = z.object({
  keyId: z.string(),
  keyLabel: z.string(),
  outcome,
  status: z.number().nullable(),
  ms: z.number(),
  /** When it began, in ms after the request came. */
  startMs: z.number().optional(),
  /** How long the provider said to stay away, in ms; absent = it did not say. */
  holdMs: z.number().optional(),
  /** Whether the provider may have charged for it: `maybe` = the request had left and no answer said how it ended. */
  billed: z.enum(['no', 'maybe', 'yes']).optional(),
  /** The provider's own words or the network's error code, redacted. */
  message: z.string().nullable(),
  /** Where it went after a fallback; absent = to the pool and model that were asked for. */
  pool: z.string().optional(),
  model: z.string().optional(),
})
export type Attempt = z.infer<typeof attempt>

export const requestRow = z.object({
  id,
  at: instant,
  clientId: z.string().nullable(),
  clientName: z.string().nullable(),
  pool: z.string(),
  keyId: z.string().nullable(),
  keyLabel: z.string().nullable(),
  lane: z.enum(lanes),
  /** Tokens reserved before the call (input + output). */
  estimatedTokens: count.nullable(),
  /** What the call took of its client's quotas; null = the client has none. */
  credits: z.number().nullable(),
  /** Why this key was chosen, e.g. `round_robin`. */
  chosenBy: z.string().nullable(),
  method: z.string(),
  /** Path under the pool, without its query. */
  path: z.string(),
  modelAsked: z.string().nullable(),
  modelServed: z.string().nullable(),
  /** What the client got; null when it left first. */
  status: z.number().nullable(),
  outcome,
  attempts: z.array(attempt),
  streamed: z.boolean(),
  msQueued: z.number(),
  msFirstByte: z.number().nullable(),
  msTotal: z.number(),
  bytesIn: count,
  bytesOut: count,
  inputTokens: tokens,
  outputTokens: tokens,
  cacheReadTokens: tokens,
  cacheWriteTokens: tokens,
  reasoningTokens: tokens,
  /** Billionths of a US dollar; null = unknown, never 0. */
  costNanos: count.nullable(),
  /** Which table of prices, or whose own price, the cost was reckoned by. */
  priceVersion: z.string().nullable(),
  /** On the unified API: the route or prompt that led there, what the client spoke and what the upstream spoke. */
  route: z.string().nullable(),
  clientFormat: z.string().nullable(),
  upstreamFormat: z.string().nullable(),
  /** Fields that the upstream's format has no place for. */
  dropped: z.array(z.string()),
  /** Null = this call was not to be kept. */
  cache: z.enum(['hit', 'miss']).nullable(),
  errorCode: z.string().nullable(),
})
export type RequestRow = z.infer<typeof requestRow>

const range = {
  /** From, inclusive; 24 hours ago by default. */
  from: instantQuery.optional(),
  /** To, exclusive; now by default. */
  to: instantQuery.optional(),
  pool: z.string().max(64).optional(),
}

export const usageQuery = z.strictObject(range)
export type UsageQuery = z.output<typeof usageQuery>

const seriesBuckets = ['minute', 'hour', 'day'] as const
export const seriesQuery = z.strictObject({
  ...range,
  bucket: z.enum(seriesBuckets).default('hour'),
  /** So many minutes or hours in one point, counted from midnight; a day is always one point. */
  every: z.coerce.number().int().min(1).max(60).default(1),
  /** Whose midnights begin the days; UTC unless told, and for a range that begins more than 90 days ago. To the full hour. */
  zone: timeZone.optional(),
  /** Without them (p50Ms and p95Ms are null then) a long range is answered sooner. */
  percentiles: z.stringbool().or(z.boolean()).default(true),
})
export type SeriesQuery = z.output<typeof seriesQuery>

const totals = {
  requests: count,
  ok: count,
  failed: count,
  byOutcome: z.partialRecord(outcome, count),
  inputTokens: count,
  outputTokens: count,
  cacheReadTokens: count,
  cacheWriteTokens: count,
  reasoningTokens: count,
  /** The sum of what is known; null when nothing is. */
  costNanos: count.nullable(),
  /** Answered requests whose cost is unknown. */
  costUnknown: count,
  /** Of the total time, from logarithmic histograms (at most 10 % off); null without requests. */
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
}
export const usageSummary = z.object({
  from: instant,
  to: instant,
  ...totals,
  attempts: count,
  /** About when the first call was counted, whatever the range; null = there never was one. */
  since: instant.nullable(),
})
export type UsageSummary = z.infer<typeof usageSummary>

const seriesPoint = z.object({ at: instant, ...totals })
export type SeriesPoint = z.infer<typeof seriesPoint>
export const usageSeries = z.object({
  bucket: z.enum(seriesBuckets),
  /** How many of them are one point. */
  every: count,
  /** Whose midnights begin the days. */
  zone: z.string(),
  from: instant,
  to: instant,
  points: z.array(seriesPoint),
})
export type UsageSeries = z.infer<typeof usageSeries>

export const modelUsage = z.object({
  at: instant,
  model: z.string(),
  requests: count,
  inputTokens: count,
  outputTokens: count,
  costNanos: count.nullable(),
  /** Answered requests whose cost is unknown. */
  costUnknown: count,
})
export type ModelUsage = z.infer<typeof modelUsage>

export const keyUsage = z.object({
  keyId: z.string(),
  attempts: count,
  failed: count,
  inputTokens: count,
  outputTokens: count,
  lastAt: instant.nullable(),
})
export type KeyUsage = z.infer<typeof keyUsage>

const shareKinds = ['model', 'pool', 'client', 'key'] as const
export const shareQuery = z.strictObject({
  ...range,
  by: z.enum(shareKinds).default('model'),
  order: z.enum(['cost', 'calls']).default('cost'),
  limit: z.coerce.number().int().min(1).max(100).default(12),
})
export type ShareQuery = z.output<typeof shareQuery>

const shareSums = {
  /** Requests; by key, attempts. */
  calls: count,
  failed: count,
  inputTokens: count,
  outputTokens: count,
  costNanos: count.nullable(),
  /** Answered requests whose cost is unknown. */
  costUnknown: count,
}
export const usageShares = z.object({
  /** What is counted: by key and client whole hours, further back than 14 days whole UTC days. */
  from: instant,
  to: instant,
  /** `name` is a model ('' = unknown), a pool's slug, or an id; `label` is null for what is deleted. */
  rows: z.array(z.object({ name: z.string(), label: z.string().nullable(), ...shareSums })),
  /** All beyond the limit; null when there are none. */
  others: z.object({ names: count, ...shareSums }).nullable(),
})
export type UsageShares = z.infer<typeof usageShares>

export const requestQuery = z.strictObject({
  ...range,
  outcome: outcome.optional(),
  /** `failed` = everything but ok. */
  failed: z.stringbool().or(z.boolean()).optional(),
  status: z.coerce.number().int().optional(),
  key: z.string().max(64).optional(),
  client: z.string().max(64).optional(),
  model: z.string().max(200).optional(),
  /** As a row's `route` names it. */
  route: z.string().max(200).optional(),
  cache: z.enum(['hit', 'miss']).optional(),
  /** `unknown` = it was answered, and nobody knows at what cost; `known` = its cost is known. */
  cost: z.enum(['known', 'unknown']).optional(),
  /** Took at least so many milliseconds in all. */
  minMs: z.coerce.number().min(0).optional(),
  /** More than one key was tried. */
  retried: z.stringbool().or(z.boolean()).optional(),
  /** Part of the path, model or error code. */
  q: z.string().max(200).optional(),
  limit: pageLimit,
  cursor,
})
export type RequestQuery = z.output<typeof requestQuery>

export const requestFilter = requestQuery.omit({ limit: true, cursor: true })
export type RequestFilter = z.output<typeof requestFilter>

export const requestPage = z.object({
  items: z.array(requestRow),
  /** Where to go on; null = that was all. A page may be short, or empty, and have one: looking further takes another call. */
  nextCursor: z.string().nullable(),
  /** How far back the log was looked through when that is not to the last of `items`: there may be older ones. */
  lookedTo: instant.nullable(),
})
export type RequestPage = z.infer<typeof requestPage>
