/** Programs that ask for a token, and what the person says to it. */
import { z } from 'zod'
import { clientCreate } from './client.ts'
import { id, instant, slug } from './common.ts'

/** `approved`: the program has not fetched its token yet. `expired`: nobody decided, or it never came for its token. */
const approvalStates = ['pending', 'approved', 'connected', 'denied', 'expired'] as const

export const approval = z.object({
  id,
  /** What both sides show, e.g. `K7TX-42`: the person approves the program whose code this is. */
  code: z.string(),
  /** As the program calls itself. */
  name: z.string(),
  /** Pools it asked for; null = all. */
  pools: z.array(z.string()).nullable(),
  state: z.enum(approvalStates),
  /** Where it asked from, and what the system knows of the process there (null = nothing). */
  address: z.string(),
  process: z.object({ pid: z.number(), name: z.string(), path: z.string().nullable() }).nullable(),
  createdAt: instant,
  /** When it stops waiting for a decision, or for the program. */
  expiresAt: instant,
  decidedAt: instant.nullable(),
  /** The client that was made of it; null = none yet, or it is gone. */
  clientId: z.string().nullable(),
  clientState: z.enum(['active', 'ended', 'revoked']).nullable(),
})
export type Approval = z.infer<typeof approval>

/** What the program may do; what is not said is as it asked. */
export const approvalDecision = clientCreate.pick({ lane: true, budget: true, quotas: true, expiresAt: true }).extend({
  name: clientCreate.shape.name.optional(),
  pools: z.array(slug).min(1).max(200).nullable().optional(),
  models: clientCreate.shape.models,
})
export type ApprovalDecision = z.output<typeof approvalDecision>

/** `POST /connect` at the proxy. */
export const connectRequest = z.object({
  name: z.string().trim().min(1).max(128),
  pools: z.array(slug).min(1).max(200).optional(),
})
