/** Calls about routes and the models that are served. */
import { os } from './implementer.ts'

export const routes = {
  list: os.routes.list.handler(({ context }) => context.services.routes.list()),
  create: os.routes.create.handler(({ context, input }) => context.services.routes.create(input, context.actor)),
  update: os.routes.update.handler(({ context, input: { id, ...route } }) =>
    context.services.routes.update(id, route, context.actor),
  ),
  remove: os.routes.remove.handler(async ({ context, input }) => {
    await context.services.routes.remove(input.id, context.actor)
    return {}
  }),
  models: os.routes.models.handler(({ context }) => context.services.routes.models()),
  refresh: os.routes.refresh.handler(({ context }) => context.services.routes.refresh()),
}
