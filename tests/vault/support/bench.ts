/** A vault over a memory store and a memory keychain, in a folder of its own; `restart` is what a new process would see. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Keychain, SecretEntry, Vault, VaultStore } from '../../../src-main/vault/types.ts'
import { createVault } from '../../../src-main/vault/vault.ts'
import { type MemoryKeychain, memoryKeychain } from './memory-keychain.ts'
import { type MemoryStore, memoryStore } from './memory-store.ts'

export interface Bench {
  store: MemoryStore
  keychain: MemoryKeychain
  dataDir: string
  vault: Vault
  warnings: string[]
  /** Closes the vault and makes another one over the same disk, not yet opened. */
  restart: () => Vault
  /** Stores keys as a service would, in one transaction with nothing else. */
  add: (...entries: SecretEntry[]) => Promise<void>
}

export async function bench(): Promise<Bench> {
  const dataDir = await mkdtemp(join(tmpdir(), 'keywheel-vault-'))
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }))
  const store = memoryStore()
  const keychain = memoryKeychain()
  const warnings: string[] = []
  const make = () => vaultOver(store, keychain, dataDir, warnings)
  const made: Bench = {
    store,
    keychain,
    dataDir,
    vault: make(),
    warnings,
    restart: () => {
      made.vault.close()
      made.vault = make()
      return made.vault
    },
    add: (...entries) => made.vault.set(entries, (writes) => store.apply(writes)),
  }
  return made
}

export function vaultOver(store: VaultStore, keychain: Keychain, dataDir: string, warnings: string[] = []): Vault {
  let now = 1_800_000_000_000
  return createVault({
    store,
    keychain,
    dataDir,
    clock: { now: () => now++ },
    log: { warn: (details, message) => void warnings.push(`${message} ${JSON.stringify(details)}`) },
  })
}

export const openai = 'https://api.openai.com'
export const key = (id: string, secret = `sk-${id}-0123456789abcdef`): SecretEntry => ({ id, secret, audience: [openai] })
