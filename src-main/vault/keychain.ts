/** The OS keychain: get, set and delete of one text, and whether it works at all. */
import { randomBytes, randomUUID } from 'node:crypto'
import { HelperLine } from './helper-line.ts'
import { KeychainError } from './keychain-error.ts'
import { forkHelper, type HelperProcess } from './keychain-fork.ts'
import type { Keychain } from './types.ts'

export interface KeychainOptions {
  /** How a helper is started; by default a child process of Node. */
  fork?: () => HelperProcess
  /** Milliseconds for one call, the start of the helper included. */
  timeoutMs: number
  /** Milliseconds after which a helper with nothing to do is ended: it is needed at the start, and seldom later. */
  idleMs?: number
}

const values = /^[A-Za-z0-9_-]+$/

/**
 * The keychain of this person. Nothing is started before the first call.
 * Calls reject with `KeychainError` in words; `set` takes base64url only and is read back before it resolves.
 */
export function startKeychain({ fork = forkHelper, timeoutMs, idleMs = 30_000 }: KeychainOptions): Keychain {
  const line = new HelperLine(fork, timeoutMs, idleMs)
  const get = (account: string) => line.call({ op: 'get', account })
  const set = async (account: string, value: string) => {
    if (!values.test(value)) throw new TypeError('the keychain takes base64url only')
    await line.call({ op: 'set', account, value })
  }
  const remove = async (account: string) => {
    await line.call({ op: 'delete', account })
  }
  const probe = async () => {
    const account = `probe:${randomUUID()}`
    try {
      await set(account, randomBytes(16).toString('base64url'))
      await remove(account)
      return null
    } catch (error) {
      if (error instanceof KeychainError) return error.message
      throw error
    }
  }
  return { get, set, delete: remove, probe, close: () => line.close() }
}
