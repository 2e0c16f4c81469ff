/** The secret by which this installation signs its users' tokens: an entry of its own in the vault, made when it is first needed. */
import { randomBytes } from 'node:crypto'
import { KeywheelError } from '../../../src-preload/contract/index.ts'
import type { Vault } from '../../vault/types.ts'
import type { Catalog } from '../catalog.ts'

/** Not the id of any key. It may be sent nowhere. */
const entryId = 'apipool-tokens'

/** 32 bytes. VAULT_LOCKED. */
export function tokenSecretOf(vault: Vault, catalog: Pick<Catalog, 'commit'>): () => Promise<Uint8Array> {
  let making: Promise<void> | undefined
  const make = () =>
    vault.set([{ id: entryId, secret: randomBytes(32).toString('base64url'), audience: [] }], (writes) =>
      catalog.commit({ vault: writes }),
    )
  return async () => {
    const known = stored(vault)
    if (known !== null) return known
    // Two that need it at once must not make two.
    making ??= make().finally(() => {
      making = undefined
    })
    await making
    const made = stored(vault)
    if (made === null) throw new KeywheelError('STORAGE_FAILED')
    return made
  }
}

/** What the vault holds of it, for whoever empties it. */
export function tokenEntries(vault: Vault): string[] {
  return vault.status().state === 'unlocked' && stored(vault) !== null ? [entryId] : []
}

function stored(vault: Vault): Uint8Array | null {
  try {
    return Buffer.from(vault.get(entryId).secret, 'base64url')
  } catch (error) {
    if (error instanceof KeywheelError && error.code === 'KEY_NOT_FOUND') return null
    throw error
  }
}
