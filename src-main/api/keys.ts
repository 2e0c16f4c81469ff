/** Calls about keys. A secret leaves only by `reveal`. */
import { os } from './implementer.ts'

export const keys = {
  list: os.keys.list.handler(({ context, input }) => context.services.keys.list(input)),
  get: os.keys.get.handler(({ context, input }) => context.services.keys.get(input.id)),
  create: os.keys.create.handler(({ context, input }) => context.services.keys.create(input, context.actor)),
  preview: os.keys.preview.handler(({ context, input }) => context.services.keys.preview(input)),
  import: os.keys.import.handler(({ context, input, signal }) => context.services.keys.import(input, context.actor, signal)),
  update: os.keys.update.handler(({ context, input: { id, ...patch } }) =>
    context.services.keys.update(id, patch, context.actor),
  ),
  remove: os.keys.remove.handler(({ context, input }) => context.services.keys.remove([input.id], context.actor)),
  removeMany: os.keys.removeMany.handler(({ context, input }) => context.services.keys.remove(input.ids, context.actor)),
  restore: os.keys.restore.handler(({ context, input }) => context.services.keys.restore(input.ids, context.actor)),
  enableMany: os.keys.enableMany.handler(({ context, input }) =>
    context.services.keys.enable(input.ids, input.enabled, context.actor),
  ),
  check: os.keys.check.handler(({ context, input }) => context.services.keys.check(input.id, context.actor)),
  checkMany: os.keys.checkMany.handler(({ context, input, signal }) =>
    context.services.keys.checkMany(input.ids, context.actor, signal),
  ),
  resume: os.keys.resume.handler(({ context, input }) => context.services.keys.resume(input.id, context.actor)),
  limits: os.keys.limits.handler(({ context, input }) => context.services.keys.limits(input.id)),
  usageLimits: os.keys.usageLimits.handler(({ context, input }) => context.services.keys.usageLimits(input.id, input.model)),
  timeline: os.keys.timeline.handler(({ context, input }) => context.services.keys.timeline(input.id)),
  figures: os.keys.figures.handler(({ context, input }) => context.services.keys.figures(input.ids)),
  reveal: os.keys.reveal.handler(({ context, input }) => context.services.keys.reveal(input.id, context.actor)),
  copy: os.keys.copy.handler(({ context, input }) => context.services.keys.copy(input.id, context.actor)),
}
