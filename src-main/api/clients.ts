/** Calls about clients of the proxy. */
import { os } from './implementer.ts'

export const clients = {
  list: os.clients.list.handler(({ context }) => context.services.clients.list()),
  create: os.clients.create.handler(({ context, input }) => context.services.clients.create(input, context.actor)),
  renew: os.clients.renew.handler(({ context, input }) =>
    context.services.clients.renew(input.id, input.expiresAt, context.actor),
  ),
  remove: os.clients.remove.handler(async ({ context, input }) => {
    await context.services.clients.remove(input.id, context.actor)
    return {}
  }),
}
