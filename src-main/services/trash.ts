/** What was deleted can be brought back for a moment; then it is destroyed, secrets first. */
import type { Clock } from '../pool/types.ts'
import type { AuditRow } from '../storage/types.ts'
import type { Vault } from '../vault/types.ts'
import type { Catalog } from './catalog.ts'
import { pointingElsewhere } from './pools/pool-successor.ts'

/** How long a deletion can be undone, in ms. The window offers it for 10 s. */
export const trashMs = 30_000

/** Destroys what has been in the trash long enough; call it often. A locked vault keeps its keys in the trash until it opens. */
export function createTrash(catalog: Catalog, vault: Vault, clock: Clock): { sweep(): Promise<void> } {
  const isOver = (row: { deletedAt: number | null }) => row.deletedAt !== null && row.deletedAt + trashMs <= clock.now()
  const purged = (...subjects: string[]): AuditRow[] =>
    subjects.map((subject) => ({ at: clock.now(), actor: 'system', action: 'purge', subject }))
  return {
    sweep: () =>
      catalog.exclusive(async () => {
        const pools = [...catalog.pools.values()].filter(isOver).map((row) => row.slug)
        const demoKeys = pools
          .flatMap((slug) => [...catalog.keysOf(slug)])
          .filter((id) => catalog.keys.get(id)?.provider === 'demo')
        const keys = [...catalog.keys.values()].filter(isOver)
        const withoutSecret = keys.filter((row) => row.fingerprint === null).map((row) => row.id)
        const removeKeys = [...new Set([...demoKeys, ...withoutSecret])]
        if (pools.length > 0 || removeKeys.length > 0)
          await catalog.commit({
            removePools: pools,
            putPools: pointingElsewhere(catalog.pools.values(), pools, clock.now()),
            removeKeys,
            audit: purged(...pools, ...removeKeys),
          })
        const secret = keys.filter((row) => row.fingerprint !== null).map((row) => row.id)
        if (secret.length === 0 || vault.status().state !== 'unlocked') return
        await vault.remove(secret, (vaultWrites) =>
          catalog.commit({ removeKeys: secret, vault: vaultWrites, audit: purged(...secret) }),
        )
      }),
  }
}
