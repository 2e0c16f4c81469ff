/** Calls about copies of the configuration. */
import { os } from './implementer.ts'

export const backups = {
  list: os.backups.list.handler(({ context }) => context.services.backups.list()),
  create: os.backups.create.handler(({ context }) => context.services.backups.create(context.actor)),
  restore: os.backups.restore.handler(({ context, input }) => context.services.backups.restore(input.name, context.actor)),
  remove: os.backups.remove.handler(({ context, input }) => context.services.backups.remove(input.name, context.actor)),
  undelete: os.backups.undelete.handler(({ context, input }) => context.services.backups.undelete(input.name, context.actor)),
}
