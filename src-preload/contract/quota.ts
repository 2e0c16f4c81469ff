/** Quotas of clients, in credits, and what a call costs of them. */
import { z } from 'zod'
import { instant } from './common.ts'
import { modelPattern, timeZone } from './limits.ts'

export const quotaDurations = ['SECOND', 'MINUTE', 'HOUR', 'DAY', 'WEEK', 'MONTH', 'YEAR'] as const
const duration = z.enum(quotaDurations)

/** Credits per interval; the intervals are counted from `start`, forwards and backwards. */
export const quota = z.strictObject({
  duration,
  /** 0 to 9e9, fractions allowed; -1 = unlimited, only counted. */
  credits: z.union([z.number().min(0).max(9e9), z.literal(-1)]),
  /** Wall ms; absent = when it is saved. */
  start: instant.optional(),
  /** Zone of its days, weeks, months and years; absent = the machine's. */
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

/** What calls cost in credits; the first rule that fits counts, and without one a call costs one credit. */
export const creditRule = z.strictObject({
  /** A pool's slug; `*` = every pool. */
  pool: z.string().min(1).max(64).default('*'),
  /** The model as the client asks for it, so a route's own name too. */
  model: modelPattern.default('*'),
  /** Credits per call, … */
  perCall: z.number().min(0).max(1e6).default(1),
  /** …per thousand tokens of input and output together, … */
  perThousandTokens: z.number().min(0).max(1e6).default(0),
  /** …and per US dollar. What has no price costs nothing by this. */
  perUsd: z.number().min(0).max(1e6).default(0),
})
export type CreditRule = z.output<typeof creditRule>

/** A client's calls of one day (the machine's zone). */
export const clientDay = z.object({
  /** YYYY-MM-DD. */
  day: z.string(),
  calls: z.number(),
  credits: z.number(),
})
export type ClientDay = z.infer<typeof clientDay>
