/** Every error that Keywheel itself gives: one table, with the HTTP status it has when it travels by REST. */
import type { ErrorData } from './error-data.ts'

export const errorTable = {
  INVALID_INPUT: { status: 400, message: 'Something in the request is not valid.' },
  MALFORMED_JSON: { status: 400, message: 'The body is not valid JSON.' },
  UNAUTHORIZED: { status: 401, message: 'A valid token is needed.' },
  CODE_INVALID: { status: 401, message: 'This sign-in code is used up, expired or wrong.' },
  FORBIDDEN_ORIGIN: { status: 403, message: 'This page may not call Keywheel.' },
  AUDIENCE_MISMATCH: { status: 403, message: 'The key is bound to another address and was not sent.' },
  REVEAL_DISABLED: { status: 403, message: 'Revealing keys is switched off here. Start Keywheel with --allow-reveal.' },
  WRONG_PASSPHRASE: { status: 403, message: 'The passphrase or key file does not open this vault.' },
  NOT_FOUND: { status: 404, message: 'There is nothing at this address.' },
  POOL_NOT_FOUND: { status: 404, message: 'There is no such pool.' },
  KEY_NOT_FOUND: { status: 404, message: 'There is no such key.' },
  CLIENT_NOT_FOUND: { status: 404, message: 'There is no such client.' },
  APPROVAL_NOT_FOUND: { status: 404, message: 'Nobody asks for that any more.' },
  REMOTE_NOT_FOUND: { status: 404, message: 'There is no such server.' },
  LINK_NOT_FOUND: { status: 404, message: 'That pool of the server is not used here.' },
  USER_NOT_FOUND: { status: 404, message: 'There is no such user.' },
  WORKSPACE_NOT_FOUND: { status: 404, message: 'There is no such workspace.' },
  ROUTE_NOT_FOUND: { status: 404, message: 'There is no such route.' },
  PROMPT_NOT_FOUND: { status: 404, message: 'There is no such prompt.' },
  REQUEST_NOT_FOUND: { status: 404, message: 'There is no such request in the log.' },
  CHANGE_NOT_FOUND: { status: 404, message: 'This change is not in the history any more.' },
  BACKUP_NOT_FOUND: { status: 404, message: 'There is no such backup.' },
  METHOD_NOT_ALLOWED: { status: 405, message: 'This address does not take that method.' },
  SLUG_TAKEN: { status: 409, message: 'Another pool has this name already.' },
  PROMPT_TAKEN: { status: 409, message: 'Another prompt has this name already.' },
  ROUTE_TAKEN: { status: 409, message: 'There is a route for this model already.' },
  USER_TAKEN: { status: 409, message: 'Another user has this name or e-mail already.' },
  WORKSPACE_TAKEN: { status: 409, message: 'There is a workspace of this name already.' },
  WORKSPACE_OPEN: { status: 409, message: 'This workspace is open; open another one first.' },
  APPROVAL_DECIDED: { status: 409, message: 'This was decided already.' },
  CLIENT_REVOKED: { status: 409, message: 'This client was revoked; make a new one.' },
  KEY_DUPLICATE: { status: 409, message: 'This key is here already.' },
  VAULT_EXISTS: { status: 409, message: 'There is a vault already.' },
  LAST_SLOT: { status: 409, message: 'This is the only way to open the vault; add another one first.' },
  PORT_TAKEN: { status: 409, message: 'The port is in use.' },
  PROXY_BUSY: { status: 409, message: 'The proxy is just starting or stopping.' },
  PAYLOAD_TOO_LARGE: { status: 413, message: 'The body is too large.' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, message: 'Send JSON with Content-Type: application/json.' },
  MISDIRECTED: { status: 421, message: 'This host name is not served here.' },
  INVALID_KEY_CHARS: { status: 422, message: 'A key is one line of printable ASCII without spaces.' },
  SECRET_TOO_LONG_FOR_KEYCHAIN: { status: 422, message: 'This key is too long for the OS keychain; a sealed vault takes it.' },
  UNKNOWN_PROVIDER: { status: 422, message: 'There is no provider of this name.' },
  UNSAFE_URL: { status: 422, message: 'This address may not be used as a base URL.' },
  DOCUMENT_INVALID: { status: 422, message: 'This is not a Keywheel export, or it is damaged.' },
  DOCUMENT_NEWER: { status: 422, message: 'This export was made by a newer Keywheel.' },
  BACKUP_UNUSABLE: { status: 422, message: 'This backup is damaged, or of a newer Keywheel.' },
  VAULT_LOCKED: { status: 423, message: 'The vault is locked.' },
  RATE_LIMITED: { status: 429, message: 'Too many tries; wait a little.' },
  INTERNAL: { status: 500, message: 'Something went wrong inside Keywheel.' },
  CHECK_UNAVAILABLE: { status: 501, message: 'This provider has no free way to check a key.' },
  PROXY_OFF: { status: 503, message: 'The proxy is off.' },
  REMOTE_FAILED: { status: 502, message: 'The server did not answer as an apipool-server does.' },
  REMOTE_UNAUTHORISED: { status: 502, message: 'The server refuses this name or password.' },
  WORKSPACE_SWITCHING: { status: 503, message: 'Another workspace is just being opened; ask again in a moment.' },
  STORAGE_FAILED: { status: 503, message: 'The database could not be written.' },
  DISK_FULL: { status: 507, message: 'The disk is full.' },
} as const satisfies Record<string, { status: number; message: string }>

export type ErrorCode = keyof typeof errorTable

/** An expected failure, thrown by any room and mapped to the wire by api/. The message never contains a secret. */
export class KeywheelError extends Error {
  override readonly name = 'KeywheelError'
  readonly code: ErrorCode
  readonly data: ErrorData

  constructor(code: ErrorCode, message: string = errorTable[code].message, data: ErrorData = {}) {
    super(message)
    this.code = code
    this.data = data
  }

  get status(): number {
    return errorTable[this.code].status
  }
}

/** An INVALID_INPUT error that names one field. */
export function invalid(path: string, message: string): KeywheelError {
  return new KeywheelError('INVALID_INPUT', `${path}: ${message}`, { fields: [{ path, message }] })
}
