/** The fail-over drill: a misbehaving upstream against a pool's own configuration, without any provider's traffic. */
import { z } from 'zod'

export const drillFaults = [
  'rate-short',
  'rate-daily',
  'key-invalid',
  'overloaded',
  'slow-first-byte',
  'cut-stream',
  'error-in-200',
] as const
export type DrillFault = (typeof drillFaults)[number]

const promise = z.object({
  fault: z.enum(drillFaults),
  /** What Keywheel promises, in one sentence. */
  promise: z.string(),
  passed: z.boolean(),
  /** What was seen. */
  seen: z.string(),
})

export const drillReport = z.object({
  pool: z.string(),
  /** Keys that stood in for the pool's. */
  keys: z.number(),
  calls: z.number(),
  passed: z.number(),
  failed: z.number(),
  promises: z.array(promise),
  /** What was otherwise than in real calls, for time's sake or because it is not what is tried here. */
  notes: z.array(z.string()),
  ms: z.number(),
})
export type DrillReport = z.infer<typeof drillReport>
