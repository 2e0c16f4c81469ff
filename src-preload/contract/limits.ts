/** Limits of a key or an account, and how much of them is used. The short names (rpm, tpd, …) are aiXplain's. */
import { z } from 'zod'
import { instant } from './common.ts'

const tokenTypes = ['input', 'output', 'total'] as const
export type TokenType = (typeof tokenTypes)[number]

const amount = z.number().int('give a whole number').min(0, 'give 0 or more').max(1e15)

/** Requests and tokens per minute (sliding) and per day (until the zone's midnight); absent = unlimited, 0 = none at all. */
const limitSet = z.strictObject({
  rpm: amount.optional(),
  tpm: amount.optional(),
  rpd: amount.optional(),
  tpd: amount.optional(),
  /** Which tokens `tpm` and `tpd` count; absent = total. */
  tokenType: z.enum(tokenTypes).optional(),
})
export type LimitSet = z.infer<typeof limitSet>

/** A model's name, `prefix*` or `*`; elsewhere a star would stand for itself, and such a rule never hold. */
export const modelPattern = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[^*]*\*?$/, 'put * only at the end: a name, prefix* or *')

/** One model, with a pool before it (`pool/model`) where that means something. */
export const modelName = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[^*]*$/, 'name one model, without *')

/** By model: `*` = all models together, a name = that model alone, `prefix*` = each model of that prefix alone. */
export const limits = z.record(modelPattern, limitSet)
export type LimitsByModel = z.infer<typeof limits>

export const timeZone = z
  .string()
  .min(1)
  .max(64)
  .refine((zone) => isZone(zone), 'give a time zone such as Europe/Paris or UTC')

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** Money that a key may spend, in US dollars. */
export const budget = z.strictObject({
  usd: z.number().min(0).max(1e9),
  per: z.enum(['day', 'month', 'total']).default('total'),
})
export type Budget = z.infer<typeof budget>

/** One limit as it stands now. */
export const meter = z.object({
  scope: z.enum(['key', 'account']),
  /** Null = all models together. */
  model: z.string().nullable(),
  unit: z.enum(['requests', 'input', 'output', 'total', 'usd']),
  per: z.enum(['minute', 'day', 'month', 'total', 'other']),
  /** Length of a sliding window in seconds; null where the calendar ends it. */
  windowSeconds: z.number().nullable(),
  limit: z.number(),
  used: z.number(),
  /** Taken by calls under way. */
  reserved: z.number(),
  resetsAt: instant.nullable(),
  /** Set by a person or preset, announced by the provider, or found out by a refusal that named no limit. */
  source: z.enum(['set', 'announced', 'inferred']),
  /** Units per hour at present, and when the limit is reached at that pace (null = not before its reset). */
  pace: z.number(),
  endsAt: instant.nullable(),
})
export type Meter = z.infer<typeof meter>

/** aiXplain's own answer to `usage-limits`: today's counters, of the key as a whole or of one model (`assetId`). */
export const usageLimit = z.object({
  requestCount: z.number(),
  requestCountLimit: z.number().nullable(),
  tokenCount: z.number(),
  tokenCountLimit: z.number().nullable(),
  assetId: z.string().optional(),
})
export type UsageLimit = z.infer<typeof usageLimit>
