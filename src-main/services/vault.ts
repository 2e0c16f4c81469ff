/** How keys are locked, with every change in the audit. */
import type { Clock } from '../pool/types.ts'
import type { Vault } from '../vault/types.ts'
import type { Catalog } from './catalog.ts'
import type { Actor, VaultService } from './types.ts'

export function createVaultService(vault: Vault, catalog: Catalog, clock: Clock): VaultService {
  const audited = <T>(actor: Actor, action: string, run: () => Promise<T>): Promise<T> =>
    catalog.exclusive(async () => {
      const result = await run()
      await catalog.commit({ audit: [{ at: clock.now(), actor, action, subject: 'vault' }] })
      return result
    })
  return {
    status: () => vault.status(),
    create: (input, actor) => audited(actor, 'vault.create', () => vault.create(input)),
    unlock: (input, actor) => audited(actor, 'vault.unlock', () => vault.unlock(input)),
    addSlot: (input, actor) => audited(actor, 'vault.add-slot', () => vault.addSlot(input)),
    removeSlot: (id, actor) => audited(actor, 'vault.remove-slot', () => vault.removeSlot(id)),
  }
}
