/** Clients: programs on this machine that may use the proxy, each with a token of its own. */
import { z } from 'zod'
import { id, instant, slug } from './common.ts'
import { budget, modelPattern } from './limits.ts'

export const lanes = ['interactive', 'background'] as const
const lane = z.enum(lanes)

export const clientCreate = z.strictObject({
  name: z.string().trim().min(1).max(128),
  /** Pools it may use; absent = all, now and later. */
  pools: z.array(slug).min(1).max(200).optional(),
  /** A background client leaves part of every limit to the interactive ones and spreads its calls; a call may say otherwise with `x-keywheel-lane`. */
  lane: lane.default('interactive'),
  /** Models it may ask for, as it names them; absent = all. */
  models: z.array(modelPattern).min(1).max(200).optional(),
  budget: budget.nullable().default(null),
  /** The token is worth nothing from then on. */
  expiresAt: instant.nullable().default(null),
})
export type ClientCreate = z.output<typeof clientCreate>

export const client = z.object({
  id,
  name: z.string(),
  pools: z.array(z.string()).nullable(),
  lane,
  models: z.array(z.string()).nullable(),
  budget: budget.nullable(),
  expiresAt: instant.nullable(),
  /** Last four characters of the token. */
  tokenHint: z.string(),
  createdAt: instant,
  lastSeenAt: instant.nullable(),
})
export type Client = z.infer<typeof client>

/** The token is in this answer and never again. */
export const clientCreated = client.extend({ token: z.string() })
export type ClientCreated = z.infer<typeof clientCreated>
