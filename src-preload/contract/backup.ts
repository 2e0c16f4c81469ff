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
  /** Null = it cannot be used here: damaged, or of a newer Keywheel. */
  holds: z
    .object({
      pools: z.number(),
      keys: z.number(),
      /** Which vault its keys are locked in: the present one, one that is no more (it opens as it did then), or none yet. */
      vault: z.enum(['same', 'other', 'none']),
    })
    .nullable(),
})
export type Backup = z.infer<typeof backup>

export const backupName = z.strictObject({ name: z.string().regex(/^[\w.-]{1,128}$/) })
