/** Calls about people who may log in at our apipool-server. */
import { os } from './implementer.ts'

export const users = {
  list: os.users.list.handler(({ context }) => context.services.users.list()),
  create: os.users.create.handler(({ context, input }) => context.services.users.create(input, context.actor)),
  update: os.users.update.handler(({ context, input: { id, ...patch } }) =>
    context.services.users.update(id, patch, context.actor),
  ),
  remove: os.users.remove.handler(async ({ context, input }) => {
    await context.services.users.remove(input.id, context.actor)
    return {}
  }),
}
