/** The state of a key pool in memory, or in a file that several programs share. */
import { randomUUID } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { isCode, withLock } from './gemini-lock.ts'
import { decodeState, emptyState, encodeState, type KeyPoolState, type KeyPoolStore } from './gemini-state.ts'

export class MemoryKeyPoolStore implements KeyPoolStore {
  readonly #state = emptyState()

  async read(): Promise<KeyPoolState> {
    return this.#state
  }

  async update<T>(change: (state: KeyPoolState) => T): Promise<T> {
    return change(this.#state)
  }
}

interface Pending {
  run(state: KeyPoolState): void
  settle(error?: unknown): void
}

/**
 * One small file, mode 0600, replaced as a whole: a program that dies while writing leaves the former one. What waits
 * while the file is being written goes in together with the next write. A power cut may lose the last seconds.
 */
export class FileKeyPoolStore implements KeyPoolStore {
  readonly #path: string
  readonly #warn: (message: string) => void
  #waiting: Pending[] = []
  #draining = false

  /** `warn` hears when a damaged file was set aside. */
  constructor(path: string, warn: (message: string) => void) {
    this.#path = path
    this.#warn = warn
  }

  /** Throws what the file system throws, but a damaged file counts as an empty one. */
  async read(): Promise<KeyPoolState> {
    return (await this.#load()) ?? emptyState()
  }

  /** Throws KeyPoolError STATE_LOCKED, and what the file system throws. */
  update<T>(change: (state: KeyPoolState) => T): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let settle: () => void
      this.#waiting.push({
        run: (state) => {
          try {
            const result = change(state)
            settle = () => resolve(result)
          } catch (error) {
            settle = () => reject(error)
          }
        },
        settle: (error) => (error === undefined ? settle() : reject(error)),
      })
      void this.#drain()
    })
  }

  async #drain(): Promise<void> {
    if (this.#draining) return
    this.#draining = true
    while (this.#waiting.length > 0) await this.#write()
    this.#draining = false
  }

  async #write(): Promise<void> {
    let batch: Pending[] = []
    let failure: unknown
    try {
      await withLock(`${this.#path}.lock`, async () => {
        const state = await this.#loadOrSetAside()
        const before = state.revision
        batch = this.#waiting.splice(0)
        for (const pending of batch) pending.run(state)
        if (state.revision !== before) await replace(this.#path, encodeState(state))
      })
    } catch (error) {
      failure = error
      // Nobody got as far as running: all of them fail with this.
      if (batch.length === 0) batch = this.#waiting.splice(0)
    }
    for (const pending of batch) pending.settle(failure)
  }

  /** Undefined = it is damaged. */
  async #load(): Promise<KeyPoolState | undefined> {
    let text: string
    try {
      text = await readFile(this.#path, 'utf8')
    } catch (error) {
      if (isCode(error, 'ENOENT')) return emptyState()
      throw error
    }
    try {
      return decodeState(text)
    } catch {
      return undefined
    }
  }

  async #loadOrSetAside(): Promise<KeyPoolState> {
    const state = await this.#load()
    if (state) return state
    const aside = `${this.#path}.damaged-${Date.now()}`
    await rename(this.#path, aside)
    this.#warn(`${this.#path} was damaged and begins anew; the old one is ${aside}.`)
    return emptyState()
  }
}

async function replace(path: string, text: string): Promise<void> {
  const fresh = `${path}.${randomUUID()}.tmp`
  await writeFile(fresh, text, { mode: 0o600 })
  for (let tries = 1; ; tries++) {
    try {
      return await rename(fresh, path)
    } catch (error) {
      // Windows refuses while another program has the old file open to read it.
      if (tries === 20 || !isCode(error, 'EPERM')) {
        await rm(fresh, { force: true })
        throw error
      }
      await delay(5)
    }
  }
}
