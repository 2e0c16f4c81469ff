/** Takes everything of a vault out of the OS keychain, for a folder that is going to be deleted. */
import { KeywheelError } from '../../src-preload/contract/index.ts'
import { KeychainError } from './keychain-error.ts'
import { keyAccount, pepperAccount } from './keychain-mode.ts'
import { readParams } from './slots.ts'
import type { Keychain, VaultStore } from './types.ts'

/** Needs no passphrase. VAULT_LOCKED when the keychain cannot be written: its entries would be left behind with nobody to know of them. */
export async function forgetVault({ store, keychain }: { store: VaultStore; keychain: Keychain }): Promise<void> {
  const accounts = await accountsOf(store)
  if (accounts.length === 0) return
  try {
    for (const account of accounts) await keychain.delete(account)
    // A locked keychain says yes to a delete and keeps the entry: only one that can be written has really deleted.
    const fault = await keychain.probe()
    if (fault !== null) throw stillThere(fault)
  } catch (error) {
    throw error instanceof KeychainError ? stillThere(error.message) : error
  }
}

async function accountsOf(store: VaultStore): Promise<string[]> {
  const { header, slots, intents } = await store.load()
  const waiting = intents.map(({ account }) => account)
  const ofSlots = slots.flatMap(({ kind, params }) => (kind === 'keychain' ? (readParams(kind, params)?.account ?? []) : []))
  if (header?.mode !== 'keychain') return [...waiting, ...ofSlots]
  const records = await store.records()
  const { vaultId } = header
  return [...waiting, ...records.map(({ keyId, revision }) => keyAccount(vaultId, keyId, revision)), pepperAccount(vaultId)]
}

function stillThere(fault: string): KeywheelError {
  return new KeywheelError('VAULT_LOCKED', `Its keys are still in the OS keychain, which cannot be changed now: ${fault}`, {
    action: 'vault.unlock',
  })
}
