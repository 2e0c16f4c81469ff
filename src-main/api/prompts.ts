/** Calls about saved prompts. */
import { os } from './implementer.ts'

export const prompts = {
  list: os.prompts.list.handler(({ context }) => context.services.prompts.list()),
  get: os.prompts.get.handler(({ context, input }) => context.services.prompts.get(input.slug)),
  create: os.prompts.create.handler(({ context, input }) => context.services.prompts.create(input, context.actor)),
  update: os.prompts.update.handler(({ context, input: { slug, ...patch } }) =>
    context.services.prompts.update(slug, patch, context.actor),
  ),
  remove: os.prompts.remove.handler(async ({ context, input }) => {
    await context.services.prompts.remove(input.slug, context.actor)
    return {}
  }),
  versions: os.prompts.versions.handler(({ context, input }) => context.services.prompts.versions(input.slug)),
  publish: os.prompts.publish.handler(({ context, input }) =>
    context.services.prompts.publish(input.slug, input.version, context.actor),
  ),
  retire: os.prompts.retire.handler(({ context, input }) =>
    context.services.prompts.retire(input.slug, input.successor, context.actor),
  ),
  openapi: os.prompts.openapi.handler(({ context }) => context.services.prompts.openapi()),
}
