/** Remembers whether the OS keychain worked the last time that it was used. */
import { KeychainError } from './keychain-error.ts'
import type { Keychain } from './types.ts'

export interface WatchedKeychain extends Keychain {
  /** Null when it works; otherwise why not. */
  fault(): string | null
  /** Asks whether a keychain can be reached, without writing: no question appears on the screen. */
  look(): Promise<void>
}

export function watchKeychain(keychain: Keychain): WatchedKeychain {
  let fault: string | null = 'The OS keychain has not been used yet.'
  const watched = async <T>(call: Promise<T>, works: (answer: T) => boolean): Promise<T> => {
    try {
      const answer = await call
      if (works(answer)) fault = null
      return answer
    } catch (error) {
      if (error instanceof KeychainError) fault = error.message
      throw error
    }
  }
  return {
    fault: () => fault,
    // No entry says nothing: a locked keychain answers the same.
    get: (account) => watched(keychain.get(account), (answer) => answer !== null),
    set: (account, value) => watched(keychain.set(account, value), () => true),
    delete: (account) => watched(keychain.delete(account), () => false),
    probe: async () => {
      fault = await keychain.probe()
      return fault
    },
    look: async () => {
      await watched(keychain.get('probe'), () => true).catch((error: unknown) => {
        if (!(error instanceof KeychainError)) throw error
      })
    },
    close: () => keychain.close(),
  }
}
