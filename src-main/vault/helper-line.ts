/** Calls to the keychain helper: one at a time, each with a time-out; a helper that hangs, fails or dies is replaced. */

import { serial } from '../base/serial.ts'
import type { Call, Reply } from './keychain-call.ts'
import { explainFault, KeychainError } from './keychain-error.ts'
import type { HelperProcess } from './keychain-fork.ts'

/** A call without its number. */
type Ask = Call extends infer C ? (C extends Call ? Omit<C, 'id'> : never) : never
type Answer = Reply | 'gone' | 'late'

/** Starts the helper at the first call and again whenever it was lost; ends it when it has nothing to do for `idleMs`. */
export class HelperLine {
  readonly #fork: () => HelperProcess
  readonly #timeoutMs: number
  readonly #idleMs: number
  readonly #serial = serial()
  #helper: HelperProcess | null = null
  #waiting: (answer: Answer) => void = ignore
  #idle: NodeJS.Timeout | undefined
  #nextId = 1
  #closed = false

  constructor(fork: () => HelperProcess, timeoutMs: number, idleMs: number) {
    this.#fork = fork
    this.#timeoutMs = timeoutMs
    this.#idleMs = idleMs
  }

  /** Rejects with `KeychainError`. */
  call(ask: Ask): Promise<string | null> {
    return this.#serial(() => this.#callNow(ask))
  }

  close(): void {
    this.#closed = true
    this.#end()
  }

  async #callNow(ask: Ask): Promise<string | null> {
    if (this.#closed) throw new KeychainError('unavailable', 'Keywheel is closing.')
    clearTimeout(this.#idle)
    const answer = await this.#ask({ ...ask, id: this.#nextId++ })
    if (typeof answer === 'object' && answer.ok && !(ask.op === 'get' && answer.value === null)) {
      this.#idle = setTimeout(() => this.#end(), this.#idleMs).unref()
      return answer.value
    }
    // libsecret keeps a session that a restarted keyring no longer knows, and then fails or finds nothing for ever: start afresh.
    this.#end()
    if (answer === 'gone') throw new KeychainError('unavailable', 'The OS keychain helper stopped in the middle of a call.')
    if (answer === 'late') throw new KeychainError('locked', noAnswer(this.#timeoutMs / 1000))
    if (answer.ok) return answer.value
    throw explainFault(answer.cause)
  }

  async #ask(call: Call): Promise<Answer> {
    this.#helper ??= this.#start()
    const helper = this.#helper
    let timer: NodeJS.Timeout | undefined
    const answer = await new Promise<Answer>((resolve) => {
      timer = setTimeout(() => resolve('late'), this.#timeoutMs)
      this.#waiting = (reply) => {
        if (typeof reply === 'string' || reply.id === call.id) resolve(reply)
      }
      helper.send(call)
    })
    clearTimeout(timer)
    this.#waiting = ignore
    return answer
  }

  #start(): HelperProcess {
    const helper = this.#fork()
    helper.onMessage((message) => {
      if (this.#helper === helper) this.#waiting(message as Reply)
    })
    helper.onExit(() => {
      if (this.#helper === helper) this.#end()
    })
    return helper
  }

  #end(): void {
    clearTimeout(this.#idle)
    const helper = this.#helper
    this.#helper = null
    helper?.kill()
    this.#waiting('gone')
  }
}

function ignore(): void {
  // Nobody is waiting: a late answer of a helper that was given up.
}

const noAnswer = (seconds: number) =>
  `The OS keychain did not answer within ${seconds} s; it may be waiting for its password on the screen.`
