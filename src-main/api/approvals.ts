/** Calls about programs that ask for a token. */
import { os } from './implementer.ts'

export const approvals = {
  list: os.approvals.list.handler(({ context }) => context.services.approvals.list()),
  approve: os.approvals.approve.handler(({ context, input: { id, ...decision } }) =>
    context.services.approvals.approve(id, decision, context.actor),
  ),
  deny: os.approvals.deny.handler(({ context, input }) => context.services.approvals.deny(input.id, context.actor)),
}
