/** What an open vault does, however it keeps its secrets; and the checks of what comes in. */
import { invalid, KeywheelError } from '../../src-preload/contract/index.ts'
import type { SecretEntry, VaultWrites } from './types.ts'

export type Commit = (writes: VaultWrites) => Promise<void>

export interface OpenMode {
  /** Key of the fingerprints. */
  readonly pepper: Buffer
  /** Sealed mode: what slots wrap. */
  readonly dataKey: Buffer | null
  set(entries: readonly SecretEntry[], commit: Commit): Promise<void>
  remove(ids: readonly string[], commit: Commit): Promise<void>
  /** Wipes the keys; what is under way then fails before it commits. */
  close(): void
}

export function vaultLocked(message?: string): KeywheelError {
  return new KeywheelError('VAULT_LOCKED', message, { retryAfter: 5, action: 'vault.unlock' })
}

/** INVALID_INPUT or INVALID_KEY_CHARS naming the entry; the message never holds a secret. */
export function checkEntries(entries: readonly SecretEntry[]): void {
  const seen = new Set<string>()
  for (const [index, { id, secret, audience }] of entries.entries()) {
    if (seen.has(id)) throw invalid(`entries[${index}].id`, 'is there twice; give each key once')
    seen.add(id)
    if (!/^[\x21-\x7e]+$/.test(secret)) throw new KeywheelError('INVALID_KEY_CHARS')
    for (const origin of audience) {
      if (URL.parse(origin)?.origin !== origin || origin === 'null') {
        throw invalid(`entries[${index}].audience`, 'give origins only: scheme, host and port, as in https://api.openai.com')
      }
    }
  }
}
