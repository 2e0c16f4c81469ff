/** What SQLite says, as errors that people understand. */
import type { ErrorData } from '../../src-preload/contract/error-data.ts'
import { KeywheelError } from '../../src-preload/contract/errors.ts'

/** SQLite's code of an error such as `SQLITE_FULL`, or undefined when it is not one of SQLite's. */
export function sqliteCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || error.name !== 'SqliteError') return undefined
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** The file itself is damaged, or no database at all. */
export function isCorrupt(error: unknown): boolean {
  const code = sqliteCode(error)
  return code !== undefined && (code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT'))
}

/** A failed write or read as DISK_FULL, KEY_DUPLICATE or STORAGE_FAILED; SQLite's messages name columns, never values. */
export function storageError(error: unknown): KeywheelError {
  if (error instanceof KeywheelError) return error
  const code = sqliteCode(error)
  if (code === undefined)
    return new KeywheelError('INTERNAL', `Storage: ${error instanceof Error ? error.message : String(error)}`)
  const message = (error as Error).message
  if (code === 'SQLITE_FULL')
    return new KeywheelError('DISK_FULL', 'The disk is full: nothing was saved. Free some space and try again.')
  if (code === 'SQLITE_CONSTRAINT_UNIQUE' && message.includes('keys.fingerprint')) return new KeywheelError('KEY_DUPLICATE')
  return new KeywheelError('STORAGE_FAILED', `The database could not be used: ${message} (${code}).`)
}

/** Storage cannot be opened; `action` tells the ways out apart. */
export function cannotOpen(action: 'close-other' | 'update' | 'restore', message: string): KeywheelError {
  return new KeywheelError('STORAGE_FAILED', message, { action })
}

/** An error as it travels between threads. */
export interface WireError {
  code: KeywheelError['code']
  message: string
  data: ErrorData
}

export function toWire(error: unknown): WireError {
  const { code, message, data } = storageError(error)
  return { code, message, data }
}

export function fromWire({ code, message, data }: WireError): KeywheelError {
  return new KeywheelError(code, message, data)
}
