/** Calls about clients of the proxy. */
import { os } from './implementer.ts'

export const clients = {
  list: os.clients.list.handler(({ context }) => context.services.clients.list()),
  get: os.clients.get.handler(({ context, input }) => context.services.clients.get(input.id)),
  create: os.clients.create.handler(({ context, input }) => context.services.clients.create(input, context.actor)),
  update: os.clients.update.handler(({ context, input: { id, ...patch } }) =>
    context.services.clients.update(id, patch, context.actor),
  ),
  rotate: os.clients.rotate.handler(({ context, input }) => context.services.clients.rotate(input.id, context.actor)),
  revoke: os.clients.revoke.handler(({ context, input }) => context.services.clients.revoke(input.id, context.actor)),
  usage: os.clients.usage.handler(({ context, input: { id, ...span } }) => context.services.clients.usage(id, span)),
  forgetUsage: os.clients.forgetUsage.handler(async ({ context, input: { id, ...span } }) => {
    await context.services.clients.forgetUsage(id, span, context.actor)
    return {}
  }),
  renew: os.clients.renew.handler(({ context, input }) =>
    context.services.clients.renew(input.id, input.expiresAt, context.actor),
  ),
  remove: os.clients.remove.handler(async ({ context, input }) => {
    await context.services.clients.remove(input.id, context.actor)
    return {}
  }),
}
