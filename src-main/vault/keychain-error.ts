/** Why the OS keychain could not be used, in words for a person. */

/** `locked`: a person can mend it by unlocking; `unavailable`: there is no keychain that works here. */
export type KeychainFault = 'locked' | 'unavailable'

/** A keychain call that failed. The message is one or two sentences and never holds a value. */
export class KeychainError extends Error {
  override readonly name = 'KeychainError'
  readonly fault: KeychainFault

  constructor(fault: KeychainFault, message: string) {
    super(message)
    this.fault = fault
  }
}

const known: { text: RegExp; fault: KeychainFault; message: string }[] = [
  {
    text: /^load$/,
    fault: 'unavailable',
    message: 'The OS keychain library could not be loaded; on Linux install libsecret (libsecret-1-0).',
  },
  {
    text: /autolaunch D-Bus|connect to .*bus|Could not connect|connection is closed/i,
    fault: 'unavailable',
    message: 'There is no D-Bus session here, so no OS keychain can be reached.',
  },
  {
    text: /not provided by any \.service|ServiceUnknown|activat|spawn/i,
    fault: 'unavailable',
    message: 'No keychain service runs in this session; on Linux install and start gnome-keyring or KWallet.',
  },
  {
    text: /locked|dismissed|prompt|cancell?ed/i,
    fault: 'locked',
    message: 'The OS keychain is locked; unlock it (on a desktop, by signing in again or in its password manager).',
  },
  {
    text: /collection|does not exist at path/i,
    fault: 'unavailable',
    message: 'The OS keychain has no default collection yet; create one in its password manager.',
  },
]

/** Turns the text of a keychain failure into words. `cause` must hold no secret. */
export function explainFault(cause: string): KeychainError {
  const match = known.find(({ text }) => text.test(cause))
  if (match) return new KeychainError(match.fault, match.message)
  return new KeychainError('unavailable', `The OS keychain refused the call (${cause}).`)
}

export function faultReason({ fault }: KeychainError): 'KEYCHAIN_LOCKED' | 'KEYCHAIN_UNAVAILABLE' {
  return fault === 'locked' ? 'KEYCHAIN_LOCKED' : 'KEYCHAIN_UNAVAILABLE'
}
