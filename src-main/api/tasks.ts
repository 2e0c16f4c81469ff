/** Calls about other calls: the long ones. */
import { os } from './implementer.ts'

export const tasks = {
  stop: os.tasks.stop.handler(({ context, input }) => context.services.tasks.stop(input.task)),
}
