/** Opens an existing vault and makes a new one: the steps between database, keychain and memory. */
import { randomBytes, randomUUID } from 'node:crypto'
import { invalid, KeywheelError, type SlotInput, type VaultCreate, type VaultUnlock } from '../../src-preload/contract/index.ts'
import { keyBytes } from './crypto.ts'
import type { VaultDeps } from './deps.ts'
import { openKeychainMode, pepperAccount } from './keychain-mode.ts'
import type { SecretMemory } from './memory.ts'
import type { OpenMode } from './mode.ts'
import { openSealed } from './sealed-mode.ts'
import { makeKeychainKey, makeSlot } from './slot-make.ts'
import { openAttended, openUnattended, type Refusal } from './slot-open.ts'
import { readParams, unwrap } from './slots.ts'
import type { SlotRow, VaultHeader, VaultIntent } from './types.ts'

const formatVersion = 1

/** Opens with what is given, or else every way that needs no person. WRONG_PASSPHRASE, INVALID_INPUT. */
export async function openExisting(
  deps: VaultDeps,
  { vaultId, mode, formatVersion: version }: VaultHeader,
  slots: readonly SlotRow[],
  given: VaultUnlock,
  memory: SecretMemory,
): Promise<OpenMode | Refusal> {
  if (version !== formatVersion) {
    return {
      reason: 'DAMAGED',
      detail: `This vault has the format ${version}, which this Keywheel does not know; update Keywheel.`,
    }
  }
  const attended = given.passphrase !== undefined || given.keyFile !== undefined
  if (mode === 'keychain') {
    if (attended)
      throw invalid(given.passphrase === undefined ? 'keyFile' : 'passphrase', 'this vault opens with the OS keychain')
    return openKeychainMode(deps, vaultId, memory)
  }
  const opening = attended ? { dataKey: await openAttended(vaultId, slots, given) } : await openUnattended(deps, vaultId, slots)
  return 'dataKey' in opening ? openSealed(deps, vaultId, opening.dataKey, memory) : opening
}

/** Writes a new vault. The caller has made sure that there is none. INVALID_INPUT naming the field. */
export async function writeNew(deps: VaultDeps, input: VaultCreate): Promise<void> {
  const header: VaultHeader = { vaultId: randomUUID(), mode: input.mode, formatVersion, createdAt: deps.clock.now() }
  if (input.mode === 'keychain') {
    if (input.slot) throw invalid('slot', 'slots are for the sealed mode; leave it out, or choose the mode "sealed"')
    const { key, intent } = await makeKeychainKey(deps, pepperAccount(header.vaultId), 'mode')
    key.fill(0)
    await deps.store.apply({ header, removeIntents: [intent] })
    return
  }
  if (!input.slot) throw invalid('slot', 'choose what opens the vault: keychain, passphrase or key file')
  const dataKey = randomBytes(keyBytes)
  await writeSlot(deps, header, dataKey, input.slot, 1)
  dataKey.fill(0)
}

/** Adds a way to open: makes it, writes it, and opens what was written before it is called done. */
async function writeSlot(deps: VaultDeps, header: VaultHeader, dataKey: Buffer, input: SlotInput, generation: number) {
  const { row, key, removeIntents } = await makeSlot(deps, { vaultId: header.vaultId, dataKey, generation }, input)
  await deps.store.apply({ header, putSlots: [row], removeIntents })
  const written = (await deps.store.load()).slots.find(({ id }) => id === row.id)
  const opened = written && unwrap(header.vaultId, written, key)
  key.fill(0)
  if (!opened?.equals(dataKey)) throw new KeywheelError('STORAGE_FAILED', 'The slot that was written does not open the vault.')
  opened.fill(0)
}

/** Adds a slot to an open vault. INVALID_INPUT in keychain mode. */
export async function addSlot(deps: VaultDeps, header: VaultHeader, dataKey: Buffer | null, input: SlotInput): Promise<void> {
  if (!dataKey) throw invalid('kind', 'this vault keeps each key in the OS keychain and has no slots')
  const { slots, intents } = await deps.store.load()
  await writeSlot(deps, header, dataKey, input, nextGeneration(slots, intents))
}

/** Above every generation in use, and above those of entries that still wait to be deleted. */
function nextGeneration(slots: readonly SlotRow[], intents: readonly VaultIntent[]): number {
  const used = slots.map((slot) => readParams(slot.kind, slot.params)?.generation ?? 0)
  const waiting = intents.map(({ account }) => Number(/^vault:.*:g(\d+)$/.exec(account)?.[1] ?? 0))
  return Math.max(0, ...used, ...waiting) + 1
}
