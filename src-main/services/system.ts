/** The program itself: what it is, where its data lie, and how to begin anew. */
import type { SystemInfo } from '../../src-preload/contract/index.ts'
import type { Clock } from '../pool/types.ts'
import type { ConfigWrites, Storage } from '../storage/types.ts'
import type { UsageRecorder } from '../usage/types.ts'
import type { Vault } from '../vault/types.ts'
import { tokenEntries } from './apipool/secret.ts'
import type { Bus } from './bus.ts'
import type { Catalog } from './catalog.ts'
import { type DiagnosticDeps, diagnosticsOf } from './diagnostics.ts'
import type { SystemService } from './types.ts'

export interface SystemServiceDeps extends DiagnosticDeps {
  catalog: Catalog
  storage: Storage
  vault: Vault
  recorder: UsageRecorder
  clock: Clock
  bus: Bus
  about: Pick<SystemInfo, 'version' | 'shell' | 'dataDir' | 'workspace' | 'revealAllowed'>
}

export function createSystemService(deps: SystemServiceDeps): SystemService {
  const { catalog, storage, vault, recorder, clock, bus, about } = deps

  /** Through the vault where it is open, so that nothing stays behind in a keychain or in memory. */
  const removeSecrets = async (everything: ConfigWrites) => {
    const keys = [...catalog.keys.values()].filter((row) => row.fingerprint !== null).map((row) => row.id)
    const secrets = [...keys, ...catalog.remotes.keys(), ...tokenEntries(vault)]
    const { mode, state } = vault.status()
    // Sealed records go with their table, so that a forgotten passphrase does not stand in the way of beginning anew.
    if (secrets.length === 0 || (mode === 'sealed' && state !== 'unlocked')) return catalog.commit(everything)
    return vault.remove(secrets, (vaultWrites) => catalog.commit({ ...everything, vault: vaultWrites }))
  }

  return {
    async info() {
      return {
        ...about,
        ...(await storage.sizes()),
        platform: `${process.platform} ${process.arch}`,
        node: process.versions.node,
        droppedRows: recorder.dropped,
      }
    },
    diagnostics: () => diagnosticsOf(deps),
    erase: (actor) =>
      catalog.exclusive(async () => {
        await removeSecrets({
          removeKeys: [...catalog.keys.keys()],
          removePools: [...catalog.pools.keys()],
          removeClients: [...catalog.clients.keys()],
          removeApprovals: [...catalog.approvals.keys()],
          removeUsers: [...catalog.users.keys()],
          removeRoutes: [...catalog.routes.keys()],
          removePrompts: [...catalog.prompts.keys()],
          removeNotices: [...catalog.notices.keys()],
        })
        await recorder.flush()
        await storage.erase()
        // Last, for the audit is erased as well: this is its first row.
        await catalog.commit({ audit: [{ at: clock.now(), actor, action: 'erase', subject: 'everything' }] })
        bus.publish({ type: 'changed', what: 'usage' })
        bus.publish({ type: 'changed', what: 'backups' })
      }),
  }
}
