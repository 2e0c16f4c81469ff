/** Quotas of clients, in credits, and what a call costs of them. */
import { z } from 'zod'
import { instant } from './common.ts'
import { modelPattern, timeZone } from './limits.ts'

export const quotaDurations = ['SECOND', 'MINUTE', 'HOUR', 'DAY', 'WEEK', 'MONTH', 'YEAR'] as const
const duration = z.enum(quotaDurations)

/** 0001-01-01 and the end of 9999: what calendars reckon with, and dates are written in. */
const firstStart = -62_135_596_800_000
const lastStart = 253_402_300_799_999

/** Credits per interval; the intervals are counted from `start`, forwards and backwards. */
const quota = z.strictObject({
  duration,
  /** 0 to 9e9, fractions allowed; -1 = unlimited, only counted. */
  credits: z.union([z.number().min(0).max(9e9), z.literal(-1)]),
  /** Wall ms; absent = as it was, or when it is saved. */
  start: instant.min(firstStart, 'give a time after the year 1').max(lastStart, 'give a time before the year 10000').optional(),
  /** Zone of its days, weeks, months and years; absent = as it was, or the machine's. */
  zone: timeZone.optional(),
})
export type Quota = z.output<typeof quota>

/** At most one per duration. */
export const quotas = z
  .array(quota)
  .max(quotaDurations.length)
  .refine((list) => new Set(list.map((one) => one.duration)).size === list.length, 'give at most one quota per duration')

/** A quota as it stands now. */
export const quotaStanding = z.object({
  duration,
  credits: z.number(),
  start: instant,
  zone: z.string(),
  used: z.number(),
  /** Never below 0; -1 = unlimited. */
  remaining: z.number(),
  renewsAt: instant,
})
export type QuotaStanding = z.infer<typeof quotaStanding>

/**
 * What calls cost in credits; the first rule that fits counts, and without one a call costs one credit.
 *
 * A call takes what it is thought to cost before a key is asked for, and is refused when that is not there. At its end it has cost
 * what it really used: what is left over is given back, what is missing is counted, so that the next call meets it. A call that
 * reached no upstream costs nothing. An upstream's refusal costs the part per call alone, and so does an answer that was kept.
 * Where nobody knows what a call used (it was cut off, or its answer does not say) the estimate stands.
 */
export const creditRule = z.strictObject({
  /** A pool's slug; `*` = every pool. It is the pool that was asked for, or the first of a model's, wherever the call was served. */
  pool: z.string().min(1).max(64).default('*'),
  /** The model as the client asks for it, so a route's own name too. */
  model: modelPattern.default('*'),
  /** Credits per call, … */
  perCall: z.number().min(0).max(1e6).default(1),
  /** …per thousand tokens of input and output together, with those from and for the provider's cache, … */
  perThousandTokens: z.number().min(0).max(1e6).default(0),
  /** …and per US dollar. What has no price costs nothing by this. */
  perUsd: z.number().min(0).max(1e6).default(0),
})
export type CreditRule = z.output<typeof creditRule>

/** A client's calls of one day (the machine's zone), by when they ended. */
export const clientDay = z.object({
  /** YYYY-MM-DD. */
  day: z.string(),
  calls: z.number(),
  /** Of its quotas; a client without any uses none. */
  credits: z.number(),
})
export type ClientDay = z.infer<typeof clientDay>
