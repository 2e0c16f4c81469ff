/** Clients: programs on this machine that may use the proxy, each with a token of its own. */
import { z } from 'zod'
import { id, instant, slug } from './common.ts'
import { budget, modelPattern } from './limits.ts'
import { quotaStanding, quotas } from './quota.ts'

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
  quotas: quotas.default([]),
  /** The token is worth nothing from then on. */
  expiresAt: instant.nullable().default(null),
})
export type ClientCreate = z.output<typeof clientCreate>

/** Null = all pools, all models, no budget, no end. The token stays. */
export const clientPatch = z.strictObject({
  name: clientCreate.shape.name.optional(),
  pools: z.array(slug).min(1).max(200).nullable().optional(),
  lane: lane.optional(),
  models: z.array(modelPattern).min(1).max(200).nullable().optional(),
  budget: budget.nullable().optional(),
  quotas: quotas.optional(),
  expiresAt: instant.nullable().optional(),
})
export type ClientPatch = z.output<typeof clientPatch>

/** `ended`: its time is over. `revoked`: somebody took it away; what it has used can still be read. */
const clientStates = ['active', 'ended', 'revoked'] as const

export const client = z.object({
  id,
  name: z.string(),
  pools: z.array(z.string()).nullable(),
  lane,
  models: z.array(z.string()).nullable(),
  budget: budget.nullable(),
  quotas: z.array(quotaStanding),
  expiresAt: instant.nullable(),
  revokedAt: instant.nullable(),
  state: z.enum(clientStates),
  /** Last four characters of the token. */
  tokenHint: z.string(),
  createdAt: instant,
  lastSeenAt: instant.nullable(),
})
export type Client = z.infer<typeof client>

/** The token is in this answer and never again. */
export const clientCreated = client.extend({ token: z.string() })
export type ClientCreated = z.infer<typeof clientCreated>
