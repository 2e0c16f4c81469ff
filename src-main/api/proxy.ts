/** Calls about the proxy's switch. */
import { os } from './implementer.ts'

export const proxy = {
  status: os.proxy.status.handler(({ context }) => context.services.proxy.status()),
  start: os.proxy.start.handler(({ context, input }) => context.services.proxy.start(input, context.actor)),
  stop: os.proxy.stop.handler(({ context }) => context.services.proxy.stop(context.actor)),
  test: os.proxy.test.handler(({ context, input }) => context.services.proxy.test(input)),
}
