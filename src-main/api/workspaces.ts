/** Calls about workspaces. */
import { os } from './implementer.ts'

export const workspaces = {
  list: os.workspaces.list.handler(({ context }) => context.services.workspaces.list()),
  create: os.workspaces.create.handler(({ context, input }) => context.services.workspaces.create(input, context.actor)),
  open: os.workspaces.open.handler(({ context, input }) => context.services.workspaces.open(input.slug, context.actor)),
  remove: os.workspaces.remove.handler(async ({ context, input }) => {
    await context.services.workspaces.remove(input.slug, input.confirm, context.actor)
    return {}
  }),
}
