/** Calls about copies of the configuration. */
import { os } from './implementer.ts'

export const backups = {
  list: os.backups.list.handler(({ context }) => context.services.backups.list()),
  create: os.backups.create.handler(({ context }) => context.services.backups.create(context.actor)),
  restore: os.backups.restore.handler(({ context, input }) => context.services.backups.restore(input.name, context.actor)),
  remove: os.backups.remove.handler(async ({ context, input }) => {
    await context.services.backups.remove(input.name, context.actor)
    return {}
  }),
}
