/** How keys are locked, with every change in the audit. */
import type { VaultStatus } from '../../src-preload/contract/index.ts'
import type { Clock } from '../pool/types.ts'
import type { Vault } from '../vault/types.ts'
import type { Catalog } from './catalog.ts'
import type { Actor, VaultService } from './types.ts'

export function createVaultService(vault: Vault, catalog: Catalog, clock: Clock): VaultService {
  // Not one of the catalog's exclusive changes: a keychain that asks a person may take minutes, and the vault has an order of its own.
  const audited = async (actor: Actor, action: string, run: () => Promise<VaultStatus>): Promise<VaultStatus> => {
    const status = await run()
    if (status.state === 'unlocked') await catalog.commit({ audit: [{ at: clock.now(), actor, action, subject: 'vault' }] })
    return status
  }
  return {
    status: () => vault.status(),
    create: (input, actor) => audited(actor, 'vault.create', () => vault.create(input)),
    unlock: (input, actor) => audited(actor, 'vault.unlock', () => vault.unlock(input)),
    addSlot: (input, actor) => audited(actor, 'vault.add-slot', () => vault.addSlot(input)),
    removeSlot: (id, actor) => audited(actor, 'vault.remove-slot', () => vault.removeSlot(id)),
  }
}
