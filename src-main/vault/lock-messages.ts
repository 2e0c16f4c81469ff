/** One sentence for every state of the vault: what to do. */
import type { LockReason } from '../../src-preload/contract/index.ts'

const sentences: Record<LockReason, string> = {
  NO_VAULT: 'Choose how your keys shall be locked: OS keychain, passphrase or key file.',
  OPENING: 'The vault is being opened; wait a moment.',
  PASSPHRASE_NEEDED: 'Enter the passphrase of the vault, or start Keywheel with KEYWHEEL_PASSPHRASE_FILE.',
  KEY_FILE_MISSING: 'Put the key file back, or say where it is.',
  KEYCHAIN_UNAVAILABLE: 'Start the OS keychain of this session and try again.',
  KEYCHAIN_LOCKED:
    'Unlock the OS keychain and try again; it is locked, or the entry of this vault is missing (as on another computer).',
  WRONG_KEY: 'What was found does not open this vault; restore its keychain entry or key file.',
  DAMAGED: 'The vault is damaged; restore a backup.',
}

/** What to do about a locked vault. `detail` says it more exactly than the reason alone. */
export function lockMessage(reason: LockReason, detail: string | null, hasPassphrase: boolean): string {
  const sentence = detail ?? sentences[reason]
  const alternative = hasPassphrase && reason !== 'PASSPHRASE_NEEDED' && reason !== 'OPENING'
  return alternative ? `${sentence} Or enter the passphrase.` : sentence
}

/** What to say about an open vault with `damaged` keys. */
export function openMessage(damaged: readonly string[]): string {
  if (damaged.length === 0) return 'The vault is open.'
  const named = damaged.slice(0, 5).join(', ') + (damaged.length > 5 ? ', …' : '')
  return `The vault is open, but ${damaged.length} of its secrets cannot be read; enter them again: ${named}`
}
