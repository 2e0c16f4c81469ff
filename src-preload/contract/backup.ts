/** Copies of the configuration in the data folder. Keys in them are as sealed as in the original. */
import { z } from 'zod'
import { instant } from './common.ts'

export const backup = z.object({
  /** Its file's name. */
  name: z.string(),
  at: instant,
  bytes: z.number(),
  /** Asked for by a person, made by itself each day, or made before another one was put back. */
  why: z.enum(['asked', 'daily', 'before-restore']),
})
export type Backup = z.infer<typeof backup>

export const backupName = z.strictObject({ name: z.string().regex(/^[\w.-]{1,128}$/) })
