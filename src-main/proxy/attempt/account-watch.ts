/** Notices when answers name another account for a key than they did before. */

export interface AccountWatch {
  /** `account` null = the answer does not say. */
  saw(keyId: string, account: string | null): void
}

/** Keys beyond this many are told of again; that costs a look-up and changes nothing. */
const maxKeys = 10_000

/** Calls `onAccount` once for each key and each change. */
export function createAccountWatch(onAccount: (keyId: string, account: string) => void): AccountWatch {
  const last = new Map<string, string>()
  return {
    saw(keyId, account) {
      if (account === null || last.get(keyId) === account) return
      const [oldest] = last.keys()
      if (last.size >= maxKeys && oldest !== undefined) last.delete(oldest)
      last.set(keyId, account)
      onAccount(keyId, account)
    },
  }
}
