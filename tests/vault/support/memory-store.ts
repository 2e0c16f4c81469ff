/** The vault's part of a database, in memory: transactions are whole or nothing, as in the real one. */
import type { SealedRecord, SlotRow, VaultHeader, VaultIntent, VaultStore, VaultWrites } from '../../../src-main/vault/types.ts'

export interface MemoryStore extends VaultStore {
  header: VaultHeader | null
  readonly slots: Map<string, SlotRow>
  readonly rows: Map<string, SealedRecord>
  readonly intents: Map<string, VaultIntent>
  /** Everything that is on this disk, as text. */
  dump(): string
}

export function memoryStore(): MemoryStore {
  const slots = new Map<string, SlotRow>()
  const rows = new Map<string, SealedRecord>()
  const intents = new Map<string, VaultIntent>()
  const store: MemoryStore = {
    header: null,
    slots,
    rows,
    intents,
    load: () =>
      Promise.resolve(structuredClone({ header: store.header, slots: [...slots.values()], intents: [...intents.values()] })),
    records: () => Promise.resolve(structuredClone([...rows.values()])),
    apply: (writes) => Promise.resolve(write(structuredClone(writes))),
    dump: () =>
      JSON.stringify({
        header: store.header,
        slots: [...slots.values()].map((slot) => ({ ...slot, wrapped: hex(slot.wrapped) })),
        rows: [...rows.values()].map((row) => ({ ...row, data: hex(row.data) })),
        intents: [...intents.values()],
      }),
  }
  const write = (writes: VaultWrites) => {
    if (writes.header) store.header = writes.header
    for (const slot of writes.putSlots ?? []) slots.set(slot.id, slot)
    for (const id of writes.removeSlots ?? []) slots.delete(id)
    for (const record of writes.putRecords ?? []) rows.set(record.keyId, record)
    for (const id of writes.removeRecords ?? []) rows.delete(id)
    for (const id of writes.removeIntents ?? []) intents.delete(id)
    for (const intent of writes.putIntents ?? []) intents.set(intent.id, intent)
  }
  return store
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')
