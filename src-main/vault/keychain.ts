/** The OS keychain behind its helper process: one call at a time, each with a time-out; a helper that hangs or dies is replaced. */
import { randomBytes, randomUUID } from 'node:crypto'
import type { Call, Reply } from './keychain-call.ts'
import { explainFault, KeychainError } from './keychain-error.ts'
import { forkHelper, type HelperProcess } from './keychain-fork.ts'
import type { Keychain } from './types.ts'

export interface KeychainOptions {
  /** How a helper is started; by default a child process of Node. */
  fork?: () => HelperProcess
  /** Milliseconds for one call, the start of the helper included. */
  timeoutMs: number
}

/** A call without its number. */
type Ask = Call extends infer C ? (C extends Call ? Omit<C, 'id'> : never) : never

const values = /^[A-Za-z0-9_-]+$/

/**
 * The keychain of this person. Nothing is started before the first call.
 * Calls reject with `KeychainError` in words; `set` takes base64url only and is read back before it resolves.
 */
export function startKeychain({ fork = forkHelper, timeoutMs }: KeychainOptions): Keychain {
  const line = openLine(fork, timeoutMs)
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

/** Calls in a row over one helper that is renewed whenever it was lost. */
function openLine(fork: () => HelperProcess, timeoutMs: number) {
  let helper: HelperProcess | null = null
  let waiting: ((reply: Reply | 'gone') => void) | null = null
  let tail: Promise<unknown> = Promise.resolve()
  let nextId = 1
  let closed = false

  const drop = (lost: HelperProcess) => {
    if (helper !== lost) return
    helper = null
    waiting?.('gone')
  }
  const start = (): HelperProcess => {
    const fresh = fork()
    fresh.onMessage((message) => helper === fresh && waiting?.(message as Reply))
    fresh.onExit(() => drop(fresh))
    return fresh
  }

  const callNow = async (ask: Ask): Promise<string | null> => {
    if (closed) throw new KeychainError('unavailable', 'Keywheel is closing.')
    helper ??= start()
    const used = helper
    const id = nextId++
    const reply = await new Promise<Reply | 'gone' | 'late'>((resolve) => {
      const timer = setTimeout(() => resolve('late'), timeoutMs)
      waiting = (answer) => {
        if (answer !== 'gone' && answer.id !== id) return
        clearTimeout(timer)
        resolve(answer)
      }
      used.send({ ...ask, id })
    })
    waiting = null
    // libsecret keeps its session with a keyring that was restarted or locked: a helper that failed once is not used again.
    if (reply === 'late' || reply === 'gone' || !reply.ok) {
      drop(used)
      used.kill()
    }
    if (reply === 'late') {
      throw new KeychainError(
        'locked',
        `The OS keychain did not answer within ${timeoutMs / 1000} s; it may be waiting for its password on the screen.`,
      )
    }
    if (reply === 'gone') throw new KeychainError('unavailable', 'The OS keychain helper stopped in the middle of a call.')
    if (!reply.ok) throw explainFault(reply.cause)
    return reply.value
  }

  return {
    call(ask: Ask): Promise<string | null> {
      const result = tail.then(() => callNow(ask))
      tail = result.catch(() => undefined)
      return result
    },
    close(): void {
      closed = true
      helper?.kill()
    },
  }
}
