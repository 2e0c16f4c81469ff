/** Calls about the vault. */
import { os } from './implementer.ts'

export const vault = {
  status: os.vault.status.handler(({ context }) => context.services.vault.status()),
  create: os.vault.create.handler(({ context, input }) => context.services.vault.create(input, context.actor)),
  unlock: os.vault.unlock.handler(({ context, input }) => context.services.vault.unlock(input, context.actor)),
  addSlot: os.vault.addSlot.handler(({ context, input }) => context.services.vault.addSlot(input, context.actor)),
  removeSlot: os.vault.removeSlot.handler(({ context, input }) => context.services.vault.removeSlot(input.id, context.actor)),
}
