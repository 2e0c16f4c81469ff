/** The program itself: what it is, where its data lie, and how to begin anew. */
import type { SystemInfo } from '../../src-preload/contract/index.ts'
import type { Clock } from '../pool/types.ts'
import type { Storage } from '../storage/types.ts'
import type { UsageRecorder } from '../usage/types.ts'
import type { Vault } from '../vault/types.ts'
import type { Catalog } from './catalog.ts'
import type { SystemService } from './types.ts'

export interface SystemServiceDeps {
  catalog: Catalog
  storage: Storage
  vault: Vault
  recorder: UsageRecorder
  clock: Clock
  about: Pick<SystemInfo, 'version' | 'shell' | 'dataDir' | 'revealAllowed'>
}

export function createSystemService({ catalog, storage, vault, recorder, clock, about }: SystemServiceDeps): SystemService {
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
    erase: (actor) =>
      catalog.exclusive(async () => {
        const secrets = [...catalog.keys.values()].filter((row) => row.fingerprint !== null).map((row) => row.id)
        const everything = {
          removeKeys: [...catalog.keys.keys()],
          removePools: [...catalog.pools.keys()],
          removeClients: [...catalog.clients.keys()],
          audit: [{ at: clock.now(), actor, action: 'erase', subject: 'everything' }],
        }
        // The secrets go first and through the vault, so that none stays behind in a keychain.
        if (secrets.length > 0)
          await vault.remove(secrets, (vaultWrites) => catalog.commit({ ...everything, vault: vaultWrites }))
        else await catalog.commit(everything)
        await recorder.flush()
        await storage.erase()
      }),
  }
}
