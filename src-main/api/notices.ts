/** Calls about what a person was told. */
import { os } from './implementer.ts'

export const notices = {
  list: os.notices.list.handler(({ context }) => context.services.notices.list()),
  read: os.notices.read.handler(({ context, input }) => context.services.notices.read(input.ids)),
}
