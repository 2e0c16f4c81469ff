/** Calls about pools. */
import { os } from './implementer.ts'

export const pools = {
  list: os.pools.list.handler(({ context }) => context.services.pools.list()),
  get: os.pools.get.handler(({ context, input }) => context.services.pools.get(input.slug)),
  create: os.pools.create.handler(({ context, input }) => context.services.pools.create(input, context.actor)),
  update: os.pools.update.handler(({ context, input: { slug, ...patch } }) =>
    context.services.pools.update(slug, patch, context.actor),
  ),
  remove: os.pools.remove.handler(({ context, input }) => context.services.pools.remove(input.slug, context.actor)),
  restore: os.pools.restore.handler(({ context, input }) => context.services.pools.restore(input.slug, context.actor)),
  publish: os.pools.publish.handler(({ context, input }) => context.services.pools.publish(input.slug, context.actor)),
  retire: os.pools.retire.handler(({ context, input }) =>
    context.services.pools.retire(input.slug, input.successor, context.actor),
  ),
  trust: os.pools.trust.handler(({ context, input }) => context.services.pools.trust(input.slug, context.actor)),
  demo: os.pools.demo.handler(({ context }) => context.services.pools.demo(context.actor)),
  accounts: os.pools.accounts.handler(({ context, input }) => context.services.pools.accounts(input.slug)),
  runway: os.pools.runway.handler(({ context, input }) => context.services.pools.runway(input)),
  drill: os.pools.drill.handler(({ context, input }) => context.services.pools.drill(input.slug)),
  providers: os.pools.providers.handler(({ context }) => context.services.pools.providers()),
}
