/** Two-phase changes of keychain and database: an intent names an account that is dead unless the commit that follows takes the intent away. */
import { randomUUID } from 'node:crypto'
import type { VaultDeps } from './deps.ts'
import type { VaultIntent } from './types.ts'

export function newIntent(op: VaultIntent['op'], account: string, now: number): VaultIntent {
  return { id: randomUUID(), op, account, createdAt: now }
}

/**
 * Deletes every account that an intent is left for, then the intents; call it only while no change is under way.
 * Answers the ids of the intents that were found, or null when that is not known.
 * What fails is logged and left for the next time.
 */
export async function settleIntents({ store, keychain, log }: VaultDeps): Promise<string[] | null> {
  let found: string[] | null = null
  try {
    const { intents } = await store.load()
    found = intents.map(({ id }) => id)
    if (intents.length === 0) return found
    for (const { account } of intents) await keychain.delete(account)
    // A locked keychain says yes to a delete and keeps the entry: only one that can be written has really deleted.
    const fault = await keychain.probe()
    if (fault === null) await store.apply({ removeIntents: found })
    else log.warn({ fault }, leftOver)
  } catch (error) {
    log.warn({ error }, leftOver)
  }
  return found
}

const leftOver = 'left-over keychain entries could not be removed; they are tried again at the next start'
