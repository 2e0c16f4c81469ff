/** Who a program is at an apipool-server: a token of its own, or a login that renews itself. */
import { baseOf, Session, type Tokens, type Wire } from '../remote/client/index.ts'
import { backgroundClock } from './clock.ts'
import { PoolError } from './errors.ts'
import { asked, inOwnWords } from './service-error.ts'

/** What `login` gave, or was written down of it. */
export interface LoginTokens {
  readonly accessToken: string
  readonly refreshToken: string
  /** Seconds of the access token's life. */
  readonly expiresIn?: number | null
}

/** An access token alone works until it ends (60 minutes at apipool-server); what `login` gives renews itself. */
export type ServiceAuth = string | Login | LoginTokens

export interface ServiceOptions {
  /** Absent = the platform's own. */
  fetch?: typeof globalThis.fetch
}

/** Logged in at one server; its tokens are the present ones. Several managers may share it. */
export class Login implements LoginTokens {
  readonly #session: Session
  readonly serviceUrl: string

  /** @internal */
  constructor(serviceUrl: string, session: Session) {
    this.serviceUrl = serviceUrl
    this.#session = session
  }

  get accessToken(): string {
    return this.#session.tokens?.accessToken ?? ''
  }

  get refreshToken(): string {
    return this.#session.tokens?.refreshToken ?? ''
  }

  get expiresIn(): number | null {
    return this.#session.tokens?.expiresIn ?? null
  }

  /** Printed or written as JSON it shows no token. */
  toJSON(): { serviceUrl: string } {
    return { serviceUrl: this.serviceUrl }
  }

  /** @internal */
  session(): Session {
    return this.#session
  }
}

/**
 * Logs in. The password is kept in memory, for the day on which the refresh token is worth nothing any more.
 * Rejects with ServiceError: SERVICE_UNAUTHORISED, SERVICE_UNREACHABLE, NOT_A_SERVICE, SERVICE_REFUSED.
 */
export async function login(
  serviceUrl: string,
  username: string,
  password: string,
  options: ServiceOptions = {},
): Promise<Login> {
  const session = new Session(wireTo(serviceUrl, options), { username, password })
  await asked(session.login())
  return new Login(serviceUrl, session)
}

/** INVALID_ARGUMENT for no token at all, or a login at another server; NOT_A_SERVICE for an address that is none. */
export function sessionOf(serviceUrl: string, auth: ServiceAuth, options: ServiceOptions): Session {
  const wire = wireTo(serviceUrl, options)
  if (auth instanceof Login) {
    // Its tokens are not for others to see.
    if (wireTo(auth.serviceUrl, options).base === wire.base) return auth.session()
    throw new PoolError('INVALID_ARGUMENT', 'authToken: this login is for another server.', { field: 'authToken' })
  }
  return new Session(wire, null, tokensOf(auth))
}

function tokensOf(auth: string | LoginTokens): Tokens {
  const given = typeof auth === 'string' ? { accessToken: auth, refreshToken: '', expiresIn: null } : auth
  const { accessToken, refreshToken, expiresIn = null } = given
  if (typeof accessToken === 'string' && accessToken !== '') return { accessToken, refreshToken: refreshToken ?? '', expiresIn }
  throw new PoolError('INVALID_ARGUMENT', 'authToken: give an access token, or what login gave.', { field: 'authToken' })
}

function wireTo(serviceUrl: string, { fetch = globalThis.fetch }: ServiceOptions): Wire {
  try {
    return { base: baseOf(serviceUrl), fetch, clock: backgroundClock() }
  } catch (error) {
    throw inOwnWords(error)
  }
}
