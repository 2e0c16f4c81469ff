/** Calls about kept answers. */
import { os } from './implementer.ts'

export const cache = {
  info: os.cache.info.handler(({ context }) => context.services.cache.info()),
  clear: os.cache.clear.handler(async ({ context }) => {
    await context.services.cache.clear(context.actor)
    return {}
  }),
}
