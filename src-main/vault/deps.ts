/** What the rooms around pass to the vault. */
import type { Keychain, VaultStore } from './types.ts'

interface VaultLog {
  warn(details: object, message: string): void
}

export interface VaultDeps {
  store: VaultStore
  keychain: Keychain
  /** Wall clock, ms. */
  clock: { now(): number }
  /** Where the default key file lies. */
  dataDir: string
  log: VaultLog
}
