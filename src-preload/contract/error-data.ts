/** What an error carries, as it travels. Apart from the errors themselves: a thread that throws them has no use for zod. */
import { z } from 'zod'

/** One field that was refused: where it is in the input, and what to do. */
const fieldIssue = z.object({ path: z.string(), message: z.string() })

/** What an error carries besides its code and message. `action` names what the UI can offer as a mend. */
export const errorData = z.object({
  fields: z.array(fieldIssue).optional(),
  action: z.string().optional(),
  /** The next free port (PORT_TAKEN). */
  nextPort: z.number().optional(),
  /** Seconds to wait (RATE_LIMITED, VAULT_LOCKED). */
  retryAfter: z.number().optional(),
  /** How many pieces of a long call were done before it failed; they stay. */
  kept: z.number().optional(),
  /** Finds this failure in Keywheel's log (INTERNAL). */
  reference: z.string().optional(),
})
export type ErrorData = z.infer<typeof errorData>
