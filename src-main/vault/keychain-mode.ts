/** Keychain mode: one entry of the OS keychain per key and revision; the database only lists which entries must exist. */
import { KeywheelError } from '../../src-preload/contract/index.ts'
import { readKeyText } from './crypto.ts'
import type { VaultDeps } from './deps.ts'
import { newIntent, settleIntents } from './intents.ts'
import { faultReason, KeychainError } from './keychain-error.ts'
import type { SecretMemory } from './memory.ts'
import { type Commit, checkEntries, type OpenMode, vaultLocked } from './mode.ts'
import { readEntry, type StoredSecret, writeEntry } from './record.ts'
import type { Refusal } from './slot-open.ts'
import type { SecretEntry } from './types.ts'

/** Windows takes 2,560 bytes an entry; this leaves room for the rest of it. */
const maxEntryBytes = 2048

/** The vault's id keeps two data folders of one person apart. */
export const pepperAccount = (vaultId: string) => `${vaultId}:pepper`
/** A new revision is a new entry: nothing is ever written over, so a crash leaves the old one or the new one. */
export const keyAccount = (vaultId: string, keyId: string, revision: number) => `${vaultId}:${keyId}:r${revision}`

/** Reads every entry into memory, one at a time. Entries that are missing or damaged are noted, the others open. */
export async function openKeychainMode(deps: VaultDeps, vaultId: string, memory: SecretMemory): Promise<OpenMode | Refusal> {
  try {
    const text = await deps.keychain.get(pepperAccount(vaultId))
    if (text === null) return locked
    const pepper = readKeyText(text)
    if (!pepper) return { reason: 'DAMAGED', detail: 'The vault’s own entry in the OS keychain is damaged; restore it.' }
    const missing = await readAll(deps, vaultId, memory)
    // A keychain that was locked on the way answers as if nothing were there.
    if (missing && (await deps.keychain.get(pepperAccount(vaultId))) === null) {
      memory.wipe()
      return locked
    }
    return keychainMode(deps, vaultId, pepper, memory)
  } catch (error) {
    memory.wipe()
    if (!(error instanceof KeychainError)) throw error
    return { reason: faultReason(error), detail: error.message }
  }
}

const locked: Refusal = { reason: 'KEYCHAIN_LOCKED', detail: null }

async function readAll({ keychain, store }: VaultDeps, vaultId: string, memory: SecretMemory): Promise<boolean> {
  let missing = false
  for (const { keyId, revision } of await store.records()) {
    const text = await keychain.get(keyAccount(vaultId, keyId, revision))
    const secret = text === null ? null : readEntry(text, keyId, revision)
    if (secret) memory.put(keyId, revision, secret)
    else memory.putDamaged(keyId, revision)
    missing ||= text === null
  }
  return missing
}

interface Change {
  id: string
  revision: number
  account: string
  value: string
  stored: StoredSecret
}

/** The mode with an entry for every record that is in `memory`. */
function keychainMode(deps: VaultDeps, vaultId: string, pepper: Buffer, memory: SecretMemory): OpenMode {
  const { store, keychain, clock } = deps
  let closed = false

  const plan = ({ id, secret, audience }: SecretEntry): Change => {
    const revision = memory.revisionOf(id) + 1
    const stored = { secret, audience: [...audience], createdAt: memory.get(id)?.createdAt ?? clock.now() }
    const value = writeEntry(id, revision, stored)
    if (value.length > maxEntryBytes) {
      throw new KeywheelError('SECRET_TOO_LONG_FOR_KEYCHAIN', undefined, { action: 'vault.seal' })
    }
    return { id, revision, account: keyAccount(vaultId, id, revision), value, stored }
  }
  /** Intents to delete the present entries of these keys, for the transaction that makes them obsolete. */
  const obsolete = (ids: readonly string[]) =>
    ids
      .map((id) => ({ id, revision: memory.revisionOf(id) }))
      .filter(({ revision }) => revision > 0)
      .map(({ id, revision }) => newIntent('delete', keyAccount(vaultId, id, revision), clock.now()))

  const set = async (entries: readonly SecretEntry[], commit: Commit) => {
    checkEntries(entries)
    const changes = entries.map(plan)
    const created = changes.map(({ account }) => newIntent('set', account, clock.now()))
    const replaced = obsolete(changes.map(({ id }) => id))
    const remember = () => {
      if (!closed) for (const { id, revision, stored } of changes) memory.put(id, revision, stored)
    }
    await store.apply({ putIntents: created })
    try {
      for (const { account, value } of changes) await keychain.set(account, value)
      if (closed) throw vaultLocked()
      const putRecords = changes.map(({ id, revision }) => ({ keyId: id, revision, data: new Uint8Array() }))
      await commit({ putRecords, putIntents: replaced, removeIntents: created.map(({ id }) => id) })
    } catch (error) {
      // Whether the commit went through is written in the database, not in the error: it took the intents away.
      const undone = await settleIntents(deps)
      if (undone && !created.some(({ id }) => undone.includes(id))) remember()
      throw error instanceof KeychainError ? vaultLocked(error.message) : error
    }
    remember()
    if (replaced.length > 0) await settleIntents(deps)
  }
  const remove = async (ids: readonly string[], commit: Commit) => {
    await commit({ removeRecords: [...ids], putIntents: obsolete(ids) })
    for (const id of ids) memory.delete(id)
    await settleIntents(deps)
  }
  const close = () => {
    closed = true
    pepper.fill(0)
  }
  return { pepper, dataKey: null, set, remove, close }
}
