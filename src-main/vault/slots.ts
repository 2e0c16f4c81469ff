/** A slot: the vault's data key, wrapped under a key that a keychain, a passphrase or a key file gives. */
import { z } from 'zod'
import type { SlotKind } from '../../src-preload/contract/index.ts'
import { derive, keyBytes, seal, unseal } from './crypto.ts'
import { kdfParams } from './passphrase.ts'
import type { SlotRow } from './types.ts'

const generation = z.number().int().min(1)
const slotParams = {
  passphrase: kdfParams.safeExtend({ generation }),
  'key-file': z.object({ generation, path: z.string().min(1) }),
  keychain: z.object({ generation, account: z.string().min(1) }),
}
export type SlotParams<K extends SlotKind> = z.infer<(typeof slotParams)[K]>

/** The parameters of a slot, or null when they are damaged or beyond the caps. */
export function readParams<K extends SlotKind>(kind: K, text: string): SlotParams<K> | null {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return null
  }
  const read = slotParams[kind].safeParse(json)
  return read.success ? (read.data as SlotParams<K>) : null
}

/** Id, kind and every parameter are authenticated: a forged KDF number or path does not open. */
const label = (vaultId: string, { id, kind, params }: Omit<SlotRow, 'wrapped'>) => `slot|v1|${vaultId}|${id}|${kind}|${params}`

/** Wraps the data key under `key` (32 bytes), which stays with the caller. */
export function wrap(vaultId: string, slot: Omit<SlotRow, 'wrapped'>, key: Buffer, dataKey: Buffer): SlotRow {
  const wrapping = wrappingKey(vaultId, slot, key)
  const wrapped = seal(wrapping, label(vaultId, slot), dataKey)
  wrapping.fill(0)
  return { ...slot, wrapped }
}

/** The data key, or null when `key` is the wrong one or the slot was changed. */
export function unwrap(vaultId: string, slot: SlotRow, key: Buffer): Buffer | null {
  const wrapping = wrappingKey(vaultId, slot, key)
  const dataKey = unseal(wrapping, label(vaultId, slot), Buffer.from(slot.wrapped))
  wrapping.fill(0)
  return dataKey?.length === keyBytes ? dataKey : null
}

function wrappingKey(vaultId: string, { kind, params }: Omit<SlotRow, 'wrapped'>, key: Buffer): Buffer {
  return derive(key, vaultId, `kek|v1|g${readParams(kind, params)?.generation ?? 0}`)
}
