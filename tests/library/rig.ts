/** A manager on a clock that stands still, whose clients do what the test says and write down which key did it. */
import { setImmediate } from 'node:timers/promises'
import { onTestFinished } from 'vitest'
import { ApiKey, ApiKeyManager, type ApiKeyManagerOptions, type Problem } from '../../src-main/library/index.ts'
import { VirtualClock } from '../support/clock.ts'

export interface StubClient {
  key: string
  call(...args: unknown[]): unknown
  deep: { er: { call(...args: unknown[]): unknown }; value: number }
}

export type Answer = (key: string, ...args: unknown[]) => unknown

export interface StubOptions {
  answer?: Answer
  priority?: number
  weight?: number
  test?: () => boolean | Promise<boolean>
  connect?: () => void | Promise<void>
  close?: (client: StubClient) => void
}

/** A key whose client calls `answer`. */
export class StubKey extends ApiKey<StubClient> {
  readonly primaryKey: string
  override readonly priority: number
  override readonly weight: number
  readonly #options: StubOptions

  constructor(primaryKey: string, options: StubOptions = {}) {
    super()
    this.primaryKey = primaryKey
    this.priority = options.priority ?? 0
    this.weight = options.weight ?? 1
    this.#options = options
    if (options.close) this.closeClient = options.close
  }

  async createClient(): Promise<StubClient> {
    await this.#options.connect?.()
    const call = (...args: unknown[]) => this.#options.answer?.(this.primaryKey, ...args)
    return { key: this.primaryKey, call, deep: { er: { call }, value: 7 } }
  }

  testUsability(): boolean | Promise<boolean> {
    return this.#options.test?.() ?? true
  }
}

export class LimitError extends Error {
  override name = 'LimitError'
  readonly retryAfter: number | undefined

  constructor(retryAfter?: number) {
    super('limit reached')
    this.retryAfter = retryAfter
  }
}

export interface Rig {
  manager: ApiKeyManager<StubClient>
  clock: VirtualClock
  /** Keys in the order of their calls. */
  used: string[]
  problems: Problem[]
}

type Options = Omit<ApiKeyManagerOptions<StubClient>, 'keys'>

/** Keys of these names, in turn (`round_robin`) unless told otherwise; closed when the test ends. */
export function rig(names: readonly string[], answer: Answer = () => 'ok', options: Options = {}): Rig {
  const clock = new VirtualClock()
  const used: string[] = []
  const problems: Problem[] = []
  const keys = names.map((name) => new StubKey(name, { answer: noted(used, answer) }))
  const manager = new ApiKeyManager({
    keys,
    clock,
    random: () => 0,
    strategy: 'round_robin',
    reachLimit: LimitError,
    onProblem: (problem: Problem) => problems.push(problem),
    ...options,
  })
  onTestFinished(() => manager.close())
  return { manager, clock, used, problems }
}

/** Writes the key down, then answers. */
export function noted(used: string[], answer: Answer): Answer {
  return (key, ...args) => {
    used.push(key)
    return answer(key, ...args)
  }
}

/** Lets everything that is ready run. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await setImmediate()
}

/** What a promise was rejected with; fails the test when it was not. */
export async function failure(promise: Promise<unknown>): Promise<Error> {
  const value = await promise.catch((error: unknown) => new Failure(error))
  if (value instanceof Failure) return value.error as Error
  throw new Error('it was not rejected')
}

class Failure {
  readonly error: unknown

  constructor(error: unknown) {
    this.error = error
  }
}

/** A promise with its ends in hand. */
export function pending<Value = unknown>(): PromiseWithResolvers<Value> {
  return Promise.withResolvers<Value>()
}
