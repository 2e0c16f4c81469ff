/** Calls about export and import. */
import { os } from './implementer.ts'

export const transfer = {
  export: os.transfer.export.handler(({ context, input }) => context.services.transfer.export(input, context.actor)),
  import: os.transfer.import.handler(({ context, input, signal }) =>
    context.services.transfer.import(input, context.actor, signal),
  ),
}
