/** What a program says about one of its keys: how it is named, what it opens, and how to tell whether it works. */
import type { Limits } from '../pool/types.ts'

/** util.inspect.custom, by its registered name: the types of the library need none of Node's. */
const printed = Symbol.for('nodejs.util.inspect.custom')

/** Sub-class it and give at least the three abstract members. Each may be asynchronous where it returns a value. */
export abstract class ApiKey<Client = unknown> {
  /** Names the key among the keys of a pool; often the secret itself. It is kept in memory only: stores see a hash. */
  abstract readonly primaryKey: string | number
  /** Makes the client that calls are made on. Called once per key, before its first call. */
  abstract createClient(): Client | Promise<Client>
  /** Whether the key works. False, or an error that does not say "limit reached", takes it out of the pool. */
  abstract testUsability(client: Client): boolean | Promise<boolean>

  /** Gives the client's sockets and timers back; called when the key leaves the pool and its last call has ended. */
  closeClient?(client: Client): void | Promise<void>
  /** For the strategy `priority`: lower goes first; absent = 0. */
  declare readonly priority?: number
  /** For the strategy `weighted`: its share; absent = 1. */
  declare readonly weight?: number
  /** The account whose quota it draws on; keys of one account share limits and cool-downs. Absent = its own. */
  declare readonly bucket?: string
  /** What its owner allows it, enforced before a call is made. */
  declare readonly limits?: Limits
  /** After this moment it is not used. */
  declare readonly expiresAt?: Date

  #client: Promise<Client> | null = null

  /** A client of this key, made on first use; a failed attempt is not remembered. */
  connectClient(): Promise<Client> {
    this.#client ??= Promise.resolve()
      .then(() => this.createClient())
      .catch((error: unknown) => {
        this.#client = null
        throw error
      })
    return this.#client
  }

  /** Whether the key passes its own test; any error counts as no. */
  async isUsable(): Promise<boolean> {
    try {
      return await this.testUsability(await this.connectClient())
    } catch {
      return false
    }
  }

  /** Closes the client, where the key can; the next `connectClient` makes a new one then. */
  async disconnectClient(): Promise<void> {
    const client = this.#client
    if (client === null || !this.closeClient) return
    this.#client = null
    await this.closeClient(await client)
  }

  /** A key that is printed or written as JSON, be it in a report, shows no more than its last characters. */
  toJSON(): { primaryKey: string } {
    const name = String(this.primaryKey)
    return { primaryKey: name.length >= 12 ? `…${name.slice(-4)}` : '…' }
  }

  [printed](): string {
    return `${this.constructor.name} { primaryKey: '${this.toJSON().primaryKey}' }`
  }

  /** apipool's name for `connectClient`. */
  aconnectClient(): Promise<Client> {
    return this.connectClient()
  }

  /** apipool's name for `isUsable`. */
  aisUsable(): Promise<boolean> {
    return this.isUsable()
  }
}
