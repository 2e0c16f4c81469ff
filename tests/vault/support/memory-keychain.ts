/** A keychain in memory that locks as gnome-keyring does: get says there is nothing, set is refused, delete says yes and keeps the entry. */
import { explainFault } from '../../../src-main/vault/keychain-error.ts'
import type { Keychain } from '../../../src-main/vault/types.ts'

export interface MemoryKeychain extends Keychain {
  readonly entries: Map<string, string>
  locked: boolean
  /** Calls so far, as `get account`. */
  readonly calls: string[]
}

const refuse = () => explainFault('Cannot create an item in a locked collection')

export function memoryKeychain(): MemoryKeychain {
  const entries = new Map<string, string>()
  const calls: string[] = []
  const keychain: MemoryKeychain = {
    entries,
    locked: false,
    calls,
    get: (account) => {
      calls.push(`get ${account}`)
      return Promise.resolve(keychain.locked ? null : (entries.get(account) ?? null))
    },
    set: (account, value) => {
      calls.push(`set ${account}`)
      if (keychain.locked) return Promise.reject(refuse())
      entries.set(account, value)
      return Promise.resolve()
    },
    delete: (account) => {
      calls.push(`delete ${account}`)
      if (!keychain.locked) entries.delete(account)
      return Promise.resolve()
    },
    probe: () => Promise.resolve(keychain.locked ? refuse().message : null),
    close: () => undefined,
  }
  return keychain
}
