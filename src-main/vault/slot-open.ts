/** Opens slots: without a person through keychain and stored key file, or with what a person gave. */
import { resolve } from 'node:path'
import { invalid, KeywheelError, type LockReason, type VaultUnlock } from '../../src-preload/contract/index.ts'
import { readKeyText } from './crypto.ts'
import type { VaultDeps } from './deps.ts'
import { readKeyFile } from './key-file.ts'
import { faultReason, KeychainError } from './keychain-error.ts'
import { stretch } from './passphrase.ts'
import { readParams, unwrap } from './slots.ts'
import type { SlotRow } from './types.ts'

/** Why a vault stays locked; `detail` is a sentence. */
export interface Refusal {
  reason: LockReason
  detail: string | null
}
export type Opening = { dataKey: Buffer } | Refusal

/** Tries every slot that needs no person. The refusal is the one that is easiest to mend. */
export async function openUnattended(deps: VaultDeps, vaultId: string, slots: readonly SlotRow[]): Promise<Opening> {
  const refusals: Refusal[] = []
  for (const slot of slots) {
    const opening = await openAlone(deps, vaultId, slot)
    if ('dataKey' in opening) return opening
    refusals.push(opening)
  }
  for (const reason of easiestFirst) {
    const refusal = refusals.find((candidate) => candidate.reason === reason)
    if (refusal) return refusal
  }
  return { reason: 'DAMAGED', detail: 'The vault has lost all its slots; restore a backup.' }
}

const easiestFirst: LockReason[] = [
  'KEYCHAIN_LOCKED',
  'KEYCHAIN_UNAVAILABLE',
  'KEY_FILE_MISSING',
  'PASSPHRASE_NEEDED',
  'WRONG_KEY',
  'DAMAGED',
]

/** Opens with a passphrase or key file. WRONG_PASSPHRASE; INVALID_INPUT for a way that this vault does not have. */
export async function openAttended(vaultId: string, slots: readonly SlotRow[], given: VaultUnlock): Promise<Buffer> {
  const dataKey =
    (given.passphrase === undefined ? null : await openWithPassphrase(vaultId, slots, given.passphrase)) ??
    (given.keyFile === undefined ? null : await openWithFile(vaultId, slots, given.keyFile))
  if (!dataKey) throw new KeywheelError('WRONG_PASSPHRASE')
  return dataKey
}

async function openWithPassphrase(vaultId: string, slots: readonly SlotRow[], passphrase: string): Promise<Buffer | null> {
  const usable = slots.filter(({ kind }) => kind === 'passphrase')
  if (usable.length === 0) throw invalid('passphrase', 'this vault has no passphrase; open it the way it was locked')
  for (const slot of usable) {
    const params = readParams('passphrase', slot.params)
    if (!params) continue
    const key = await stretch(passphrase, params)
    const dataKey = unwrap(vaultId, slot, key)
    key.fill(0)
    if (dataKey) return dataKey
  }
  return null
}

async function openWithFile(vaultId: string, slots: readonly SlotRow[], path: string): Promise<Buffer | null> {
  const usable = slots.filter(({ kind }) => kind === 'key-file')
  if (usable.length === 0) throw invalid('keyFile', 'this vault has no key file; open it the way it was locked')
  const file = await readKeyFile(resolve(path))
  if (!file) throw invalid('keyFile', `there is no file at ${path}`)
  for (const slot of usable) {
    const dataKey = unwrap(vaultId, slot, file.key)
    if (dataKey) return dataKey
  }
  return null
}

async function openAlone(deps: VaultDeps, vaultId: string, slot: SlotRow): Promise<Opening> {
  if (slot.kind === 'passphrase') return { reason: 'PASSPHRASE_NEEDED', detail: null }
  return slot.kind === 'key-file' ? openStoredFile(deps, vaultId, slot) : openKeychainSlot(deps, vaultId, slot)
}

async function openStoredFile({ dataDir, log }: VaultDeps, vaultId: string, slot: SlotRow): Promise<Opening> {
  const params = readParams('key-file', slot.params)
  if (!params) return damagedSlot
  const path = resolve(dataDir, params.path)
  try {
    const file = await readKeyFile(path)
    if (!file) return { reason: 'KEY_FILE_MISSING', detail: `Put the key file back at ${path}, or say where it is.` }
    if (file.open) log.warn({ path }, 'other users of this machine may read the key file; set its mode to 0600')
    return wrongKey(
      unwrap(vaultId, slot, file.key),
      `The key file ${path} is not the one of this vault; put the right one there.`,
    )
  } catch (error) {
    if (!(error instanceof KeywheelError)) throw error
    return { reason: 'WRONG_KEY', detail: error.message }
  }
}

async function openKeychainSlot({ keychain }: VaultDeps, vaultId: string, slot: SlotRow): Promise<Opening> {
  const params = readParams('keychain', slot.params)
  if (!params) return damagedSlot
  try {
    const text = await keychain.get(params.account)
    if (text === null) return { reason: 'KEYCHAIN_LOCKED', detail: null }
    const key = readKeyText(text)
    return wrongKey(key && unwrap(vaultId, slot, key), 'The entry in the OS keychain is not the one of this vault; restore it.')
  } catch (error) {
    if (!(error instanceof KeychainError)) throw error
    return { reason: faultReason(error), detail: error.message }
  }
}

const damagedSlot: Refusal = { reason: 'DAMAGED', detail: 'A slot of the vault is damaged; restore a backup.' }

function wrongKey(dataKey: Buffer | null, detail: string): Opening {
  return dataKey ? { dataKey } : { reason: 'WRONG_KEY', detail }
}
