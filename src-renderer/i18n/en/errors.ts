/** What each error code means, and what to do. */
import type { ErrorCode } from '../../../src-preload/contract/index.ts'

/** Codes that the page itself gives: no answer came, or it did not ask. */
export type PageErrorCode = 'UNREACHABLE' | 'SIGNED_OUT' | 'PRIVACY_ON'

type Texts = Record<ErrorCode | PageErrorCode, { what: string; do: string }>

export const errors = {
  INVALID_INPUT: { what: 'Something you entered is not valid.', do: 'Mend the marked fields and try again.' },
  MALFORMED_JSON: { what: 'This is not valid JSON.', do: 'Look for a missing comma, quote or bracket.' },
  UNAUTHORIZED: { what: 'A valid token is needed.', do: 'Open the address that Keywheel prints in its terminal.' },
  CODE_INVALID: {
    what: 'The sign-in code is used up, expired or wrong.',
    do: 'Press Enter in Keywheel’s terminal for a new address.',
  },
  FORBIDDEN_ORIGIN: { what: 'This page may not call Keywheel.', do: 'Use the address that Keywheel prints in its terminal.' },
  AUDIENCE_MISMATCH: {
    what: 'The key is bound to another address and was not sent.',
    do: 'If the new address is right, trust it in the pool’s settings.',
  },
  REVEAL_DISABLED: {
    what: 'Revealing keys is switched off here.',
    do: 'Start Keywheel with --allow-reveal, or use the desktop window.',
  },
  WRONG_PASSPHRASE: {
    what: 'The passphrase or key file does not open this.',
    do: 'Check it and try again. Capital letters matter.',
  },
  NOT_FOUND: { what: 'There is nothing here.', do: 'It may have been deleted in the meantime.' },
  POOL_NOT_FOUND: { what: 'There is no such pool.', do: 'It may have been deleted or renamed in the meantime.' },
  KEY_NOT_FOUND: { what: 'There is no such key.', do: 'It may have been deleted in the meantime.' },
  CLIENT_NOT_FOUND: { what: 'There is no such client.', do: 'It may have been removed in the meantime.' },
  APPROVAL_NOT_FOUND: { what: 'Nobody asks for that any more.', do: 'Let the program ask again.' },
  REMOTE_NOT_FOUND: { what: 'There is no such server.', do: 'It may have been removed in the meantime.' },
  LINK_NOT_FOUND: { what: 'That pool of the server is not used here.', do: 'It may have been unlinked in the meantime.' },
  USER_NOT_FOUND: { what: 'There is no such user.', do: 'It may have been removed in the meantime.' },
  WORKSPACE_NOT_FOUND: { what: 'There is no such workspace.', do: 'It may have been removed in the meantime.' },
  ROUTE_NOT_FOUND: { what: 'There is no such route.', do: 'It may have been deleted in the meantime.' },
  PROMPT_NOT_FOUND: { what: 'There is no such prompt.', do: 'It may have been deleted in the meantime.' },
  REQUEST_NOT_FOUND: { what: 'This request is not in the log.', do: 'It may be older than what is kept.' },
  CHANGE_NOT_FOUND: {
    what: 'This change is not in the history any more.',
    do: 'Of each pool and of the settings the last 200 changes are kept.',
  },
  BACKUP_NOT_FOUND: { what: 'There is no such backup.', do: 'It may have been deleted in the meantime.' },
  METHOD_NOT_ALLOWED: { what: 'This address does not take that method.', do: 'Report this: the page should never ask it.' },
  SLUG_TAKEN: { what: 'Another pool has this name already.', do: 'Choose another name.' },
  PROMPT_TAKEN: { what: 'Another prompt has this name already.', do: 'Choose another name.' },
  ROUTE_TAKEN: { what: 'There is a route for this model already.', do: 'Change that route, or choose another name.' },
  USER_TAKEN: { what: 'Another user has this name or e-mail already.', do: 'Choose another one.' },
  WORKSPACE_TAKEN: { what: 'There is a workspace of this name already.', do: 'Choose another name.' },
  WORKSPACE_SWITCHING: { what: 'Another workspace is just being opened.', do: 'Try again in a moment.' },
  WORKSPACE_OPEN: { what: 'This workspace is open.', do: 'Open another one first.' },
  APPROVAL_DECIDED: { what: 'This was decided already.', do: 'Look at the list again.' },
  CLIENT_REVOKED: { what: 'This client was revoked.', do: 'Make a new one.' },
  KEY_DUPLICATE: { what: 'This key is here already.', do: 'Search for it by pasting it into the search field.' },
  VAULT_EXISTS: { what: 'There is a vault already.', do: 'Unlock it instead.' },
  LAST_SLOT: { what: 'This is the only way to open the vault.', do: 'Add another way first, then remove this one.' },
  PORT_TAKEN: { what: 'Another program uses this port.', do: 'Use the next free port, or stop the other program.' },
  PROXY_BUSY: { what: 'The proxy is just starting or stopping.', do: 'Wait a moment and try again.' },
  PAYLOAD_TOO_LARGE: { what: 'This is too large to send at once.', do: 'Split it into smaller parts.' },
  UNSUPPORTED_MEDIA_TYPE: { what: 'Only JSON is taken here.', do: 'Send it with Content-Type: application/json.' },
  MISDIRECTED: { what: 'This host name is not served here.', do: 'Use 127.0.0.1 or localhost.' },
  INVALID_KEY_CHARS: {
    what: 'A key is one line of printable characters without spaces.',
    do: 'Copy the key again, without blanks or line breaks.',
  },
  SECRET_TOO_LONG_FOR_KEYCHAIN: { what: 'This key is too long for the OS keychain.', do: 'Use a sealed vault, which takes it.' },
  UNKNOWN_PROVIDER: { what: 'There is no provider of this name.', do: 'Choose one from the list, or “custom”.' },
  UNSAFE_URL: { what: 'This address may not be used as a base URL.', do: 'Use an https address (http only for this machine).' },
  DOCUMENT_INVALID: {
    what: 'This is not a Keywheel export, or it is damaged.',
    do: 'Choose a file that Keywheel has exported. Lists of keys, of whatever program, go into “Add keys”.',
  },
  DOCUMENT_NEWER: { what: 'This export was made by a newer Keywheel.', do: 'Update Keywheel, then import it.' },
  BACKUP_UNUSABLE: {
    what: 'This backup is damaged, or of a newer Keywheel.',
    do: 'Nothing was changed. Choose another one, or update Keywheel.',
  },
  VAULT_LOCKED: { what: 'The vault is locked.', do: 'Unlock it and try again.' },
  RATE_LIMITED: { what: 'Too many tries.', do: 'Wait a minute and try again.' },
  INTERNAL: { what: 'Something went wrong inside Keywheel.', do: 'Try again. If it stays, the log says more under this code.' },
  CHECK_UNAVAILABLE: { what: 'This provider has no free way to check a key.', do: 'The key is checked when it is first used.' },
  PROXY_OFF: { what: 'The proxy is off.', do: 'Turn it on in the header.' },
  REMOTE_FAILED: {
    what: 'The server did not answer as an apipool-server does.',
    do: 'Check its address, and that it is running.',
  },
  REMOTE_UNAUTHORISED: { what: 'The server refuses this name or password.', do: 'Enter them again; capital letters matter.' },
  STORAGE_FAILED: { what: 'The database could not be written.', do: 'Check that the data folder is writable.' },
  DISK_FULL: { what: 'The disk is full.', do: 'Free some space; nothing that was saved is lost.' },
  UNREACHABLE: { what: 'Keywheel does not answer.', do: 'Check that it is running. The page tries again by itself.' },
  SIGNED_OUT: { what: 'This page has been signed out.', do: 'Open the new address that Keywheel prints in its terminal.' },
  PRIVACY_ON: {
    what: 'Privacy mode is on.',
    do: 'This would show a secret, or save a text that is hidden now. Leave privacy mode, open it again and go on.',
  },
} as const satisfies Texts
