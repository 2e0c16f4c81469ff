/** Calls about settings. */
import { os } from './implementer.ts'

export const settings = {
  get: os.settings.get.handler(({ context }) => context.services.settings.get()),
  update: os.settings.update.handler(({ context, input }) => context.services.settings.update(input, context.actor)),
}
