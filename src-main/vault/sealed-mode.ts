/** Sealed mode: records in the database, under a data key that slots open. */
import { derive } from './crypto.ts'
import type { VaultDeps } from './deps.ts'
import type { SecretMemory } from './memory.ts'
import { type Commit, checkEntries, type OpenMode, vaultLocked } from './mode.ts'
import { openRecord, sealRecord } from './record.ts'
import { mapInSlices } from './slices.ts'
import type { SecretEntry } from './types.ts'

/** Reads every record into memory. A damaged one is noted, the others open. Takes over `dataKey`. */
export async function openSealed(deps: VaultDeps, vaultId: string, dataKey: Buffer, memory: SecretMemory): Promise<OpenMode> {
  const records = await deps.store.records()
  await mapInSlices(records, (record) => {
    const secret = openRecord(dataKey, vaultId, record)
    if (secret) memory.put(record.keyId, record.revision, secret)
    else memory.putDamaged(record.keyId, record.revision)
  })
  return sealedMode(deps, vaultId, dataKey, memory)
}

function sealedMode({ clock }: VaultDeps, vaultId: string, dataKey: Buffer, memory: SecretMemory): OpenMode {
  const pepper = derive(dataKey, vaultId, 'fp|v1')
  let closed = false
  const stillOpen = () => {
    if (closed) throw vaultLocked()
  }

  const set = async (entries: readonly SecretEntry[], commit: Commit) => {
    checkEntries(entries)
    const changes = entries.map(({ id, secret, audience }) => ({
      id,
      revision: memory.revisionOf(id) + 1,
      stored: { secret, audience: [...audience], createdAt: memory.get(id)?.createdAt ?? clock.now() },
    }))
    const putRecords = await mapInSlices(changes, ({ id, revision, stored }) =>
      sealRecord(dataKey, vaultId, id, revision, stored),
    )
    // Closing wipes the data key: what was sealed meanwhile could never be opened again.
    stillOpen()
    await commit({ putRecords })
    if (!closed) for (const { id, revision, stored } of changes) memory.put(id, revision, stored)
  }
  const remove = async (ids: readonly string[], commit: Commit) => {
    await commit({ removeRecords: [...ids] })
    for (const id of ids) memory.delete(id)
  }
  const close = () => {
    closed = true
    dataKey.fill(0)
    pepper.fill(0)
  }
  return { pepper, dataKey, set, remove, close }
}
