/** Calls about other servers whose pools are used here. */
import { os } from './implementer.ts'

export const remotes = {
  list: os.remotes.list.handler(({ context }) => context.services.remotes.list()),
  create: os.remotes.create.handler(({ context, input }) => context.services.remotes.create(input, context.actor)),
  update: os.remotes.update.handler(({ context, input: { id, ...patch } }) =>
    context.services.remotes.update(id, patch, context.actor),
  ),
  remove: os.remotes.remove.handler(async ({ context, input }) => {
    await context.services.remotes.remove(input.id, context.actor)
    return {}
  }),
  pools: os.remotes.pools.handler(({ context, input }) => context.services.remotes.pools(input.id)),
  link: os.remotes.link.handler(({ context, input: { id, ...link } }) => context.services.remotes.link(id, link, context.actor)),
  unlink: os.remotes.unlink.handler(({ context, input }) => context.services.remotes.unlink(input.id, input.pool, context.actor)),
  sync: os.remotes.sync.handler(({ context, input }) => context.services.remotes.sync(input.id)),
}
