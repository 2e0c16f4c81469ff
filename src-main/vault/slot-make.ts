/** Makes a slot from what the person chose. */
import { randomBytes, randomUUID } from 'node:crypto'
import { join, resolve } from 'node:path'
import { invalid, type SlotInput } from '../../src-preload/contract/index.ts'
import { keyBytes } from './crypto.ts'
import type { VaultDeps } from './deps.ts'
import { newIntent } from './intents.ts'
import { defaultKeyFile, makeKeyFile, rememberedPath } from './key-file.ts'
import { KeychainError } from './keychain-error.ts'
import { newKdf, stretch } from './passphrase.ts'
import { type SlotParams, wrap } from './slots.ts'
import type { SlotRow } from './types.ts'

export interface NewSlot {
  row: SlotRow
  /** What opens it; to be wiped by the caller. */
  key: Buffer
  /** Intents to take away in the transaction that writes the row. */
  removeIntents: string[]
}

interface Target {
  vaultId: string
  dataKey: Buffer
  generation: number
}

/** Everything but the row itself: the key file or keychain entry exists afterwards. INVALID_INPUT with what to choose instead. */
export function makeSlot(deps: VaultDeps, target: Target, input: SlotInput): Promise<NewSlot> {
  if (input.kind === 'passphrase') return withPassphrase(deps, target, input.passphrase)
  if (input.kind === 'key-file') return withKeyFile(deps, target, input.path)
  return withKeychain(deps, target)
}

async function withPassphrase(deps: VaultDeps, target: Target, passphrase: string): Promise<NewSlot> {
  const kdf = newKdf()
  const key = await stretch(passphrase, kdf)
  return finish(deps, target, 'passphrase', { generation: target.generation, ...kdf }, key)
}

async function withKeyFile(deps: VaultDeps, target: Target, given = join(deps.dataDir, defaultKeyFile)): Promise<NewSlot> {
  const path = rememberedPath(deps.dataDir, given)
  const { key, open } = await makeKeyFile(resolve(deps.dataDir, path))
  if (open) deps.log.warn({ path }, 'other users of this machine may read the key file; set its mode to 0600')
  return finish(deps, target, 'key-file', { generation: target.generation, path }, key)
}

async function withKeychain(deps: VaultDeps, target: Target): Promise<NewSlot> {
  const { vaultId, generation } = target
  const account = `vault:${vaultId}:g${generation}`
  const { key, intent } = await makeKeychainKey(deps, account, 'slot.kind')
  return { ...finish(deps, target, 'keychain', { generation, account }, key), removeIntents: [intent] }
}

function finish<K extends SlotRow['kind']>(
  deps: VaultDeps,
  { vaultId, dataKey }: Target,
  kind: K,
  params: SlotParams<K>,
  key: Buffer,
): NewSlot {
  const slot = { id: randomUUID(), kind, params: JSON.stringify(params), createdAt: deps.clock.now() }
  return { row: wrap(vaultId, slot, key, dataKey), key, removeIntents: [] }
}

/** 32 random bytes in a new keychain entry, with the intent that is to be taken away when they are in use. INVALID_INPUT naming `field`. */
export async function makeKeychainKey(
  { store, keychain, clock }: VaultDeps,
  account: string,
  field: string,
): Promise<{ key: Buffer; intent: string }> {
  const key = randomBytes(keyBytes)
  const intent = newIntent('create', account, clock.now())
  await store.apply({ putIntents: [intent] })
  try {
    await keychain.set(account, key.toString('base64url'))
  } catch (error) {
    if (!(error instanceof KeychainError)) throw error
    throw invalid(field, `${error.message} Or lock the keys with a passphrase or a key file.`)
  }
  return { key, intent: intent.id }
}
