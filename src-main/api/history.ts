/** Calls about what was changed, and back. */
import { os } from './implementer.ts'

export const history = {
  list: os.history.list.handler(({ context, input }) => context.services.history.list(input)),
  restore: os.history.restore.handler(async ({ context, input }) => {
    await context.services.history.restore(input.id, context.actor)
    return {}
  }),
}
