/** Calls about the program itself, and live data. */
import { os } from './implementer.ts'
import { live } from './live.ts'

export const system = {
  info: os.system.info.handler(({ context }) => context.services.system.info()),
  diagnostics: os.system.diagnostics.handler(({ context }) => context.services.system.diagnostics()),
  erase: os.system.erase.handler(async ({ context }) => {
    await context.services.system.erase(context.actor)
    return {}
  }),
  live: os.system.live.handler(({ context, signal }) => live(signal, (listener) => context.services.subscribe(listener))),
}
