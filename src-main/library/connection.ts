/** A client in use: closed when it is no longer wanted and its last call has ended. */
import type { ApiKey } from './api-key.ts'

export class Connection<Client> {
  readonly client: Client
  readonly #key: ApiKey<Client>
  readonly #failed: (error: unknown) => void
  #calls = 0
  #isRetired = false

  constructor(key: ApiKey<Client>, client: Client, failed: (error: unknown) => void) {
    this.client = client
    this.#key = key
    this.#failed = failed
  }

  enter(): void {
    this.#calls += 1
  }

  leave(): void {
    this.#calls -= 1
    if (this.#isRetired && this.#calls === 0) this.#close()
  }

  /** No new calls come; those under way may end. */
  retire(): void {
    this.#isRetired = true
    if (this.#calls === 0) this.#close()
  }

  #close(): void {
    this.#key.disconnectClient().catch(this.#failed)
  }
}
