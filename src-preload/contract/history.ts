/** Changes of configuration, kept so that each can be taken back. */
import { z } from 'zod'
import { id, instant } from './common.ts'

const historySubjects = ['pool', 'settings'] as const

export const historyQuery = z.strictObject({
  subject: z.enum(historySubjects),
  /** Of a pool. */
  slug: z.string().max(64).optional(),
})
export type HistoryQuery = z.output<typeof historyQuery>

/** What a person can change of it, as it was before and after: a pool as `pools.update` takes it, or the settings that changed. */
const state = z.record(z.string(), z.unknown())

export const historyEntry = z.object({
  id,
  at: instant,
  actor: z.enum(['local', 'admin', 'system', 'user']),
  subject: z.enum(historySubjects),
  slug: z.string().nullable(),
  before: state,
  after: state,
})
export type HistoryEntry = z.infer<typeof historyEntry>
