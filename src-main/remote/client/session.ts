/** Being logged in at an apipool-server: tokens are renewed before they end, and once when the server refuses one. */
import { readTokens, type Tokens } from './answers.ts'
import { ApipoolError } from './error.ts'
import { ask, type Question, type Wire } from './transport.ts'

interface Credentials {
  username: string
  password: string
}

const loginMs = 15_000
const longestAnswer = 1024 * 1024
const earlyMs = 60_000

export class Session {
  readonly #wire: Wire
  readonly #credentials: Credentials | null
  #tokens: Tokens | null
  /** Mono ms: whatever the machines' clocks say, the token gets old at one pace. */
  #renewAt = Number.POSITIVE_INFINITY
  #renewing: Promise<Tokens> | null = null

  /** With a password it logs in when it has to; with tokens alone it works for as long as they can be renewed. */
  constructor(wire: Wire, credentials: Credentials | null, tokens: Tokens | null = null) {
    this.#wire = wire
    this.#credentials = credentials
    this.#tokens = null
    if (tokens !== null) this.#keep(tokens)
  }

  /** The tokens as they are now; null = it has not logged in yet. */
  get tokens(): Tokens | null {
    return this.#tokens
  }

  /** Logs in anew. Rejects with ApipoolError. */
  login(): Promise<Tokens> {
    return this.#alone(() => this.#login())
  }

  /** Asks with a token that is good; when the server refuses it, once more with a new one. */
  async ask(question: Question): Promise<unknown> {
    const { accessToken } = await this.#current()
    try {
      return await ask(this.#wire, { ...question, token: accessToken })
    } catch (error) {
      if (!(error instanceof ApipoolError) || error.code !== 'unauthorised' || !this.#canRenew()) throw error
      // Somebody else may have renewed it since.
      const stale = this.#tokens?.accessToken === accessToken
      const { accessToken: fresh } = stale ? await this.#alone(() => this.#renew()) : await this.#current()
      return ask(this.#wire, { ...question, token: fresh })
    }
  }

  async #current(): Promise<Tokens> {
    if (this.#tokens === null) return this.login()
    if (this.#wire.clock.mono() < this.#renewAt) return this.#tokens
    return this.#alone(() => this.#renew())
  }

  #canRenew(): boolean {
    return this.#credentials !== null || (this.#tokens?.refreshToken ?? '') !== ''
  }

  /** A refresh token is good for once: several that need a new token share one renewal. */
  #alone(work: () => Promise<Tokens>): Promise<Tokens> {
    this.#renewing ??= work().finally(() => {
      this.#renewing = null
    })
    return this.#renewing
  }

  async #renew(): Promise<Tokens> {
    const refreshToken = this.#tokens?.refreshToken ?? ''
    if (refreshToken !== '') {
      try {
        return this.#keep(await this.#open('/auth/refresh', { refresh_token: refreshToken }))
      } catch (error) {
        // A server that is away says nothing about the token.
        if (!(error instanceof ApipoolError) || error.code === 'unreachable' || this.#credentials === null) throw error
      }
    }
    return this.#login()
  }

  async #login(): Promise<Tokens> {
    if (this.#credentials === null) throw new ApipoolError('unauthorised', 'The token has ended; log in again.')
    const { username, password } = this.#credentials
    try {
      return this.#keep(await this.#open('/auth/login', { username, password }))
    } catch (error) {
      // A user that was switched off.
      if (error instanceof ApipoolError && error.status === 403) throw new ApipoolError('unauthorised', error.message, 403)
      throw error
    }
  }

  async #open(path: string, body: object): Promise<Tokens> {
    const question = { method: 'POST', path, body, timeoutMs: loginMs, maxBytes: longestAnswer } as const
    return readTokens(await ask(this.#wire, question))
  }

  #keep(tokens: Tokens): Tokens {
    const lifeMs = tokens.expiresIn === null ? Number.POSITIVE_INFINITY : tokens.expiresIn * 1000
    this.#tokens = tokens
    this.#renewAt = this.#wire.clock.mono() + lifeMs - Math.min(earlyMs, lifeMs / 10)
    return tokens
  }
}
