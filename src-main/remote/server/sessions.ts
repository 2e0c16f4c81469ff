/** Who is logged in: passwords into tokens, tokens into users, and the end of both. */
import { serial } from '../../base/serial.ts'
import type { Passwords } from './passwords.ts'
import type { Throttle } from './throttle.ts'
import type { RefreshToken, TokenPair, Tokens, TokenUser } from './tokens.ts'
import { ApiProblem, type ApiUser } from './types.ts'

/** A user with what the others never see. */
export interface Account extends ApiUser {
  email: string
  active: boolean
  password: string
  epoch: number
  /** Wall ms. */
  createdAt: number
}

export interface Accounts {
  byName(username: string): Account | undefined
  byId(id: string): Account | undefined
  /** This becomes the only refresh token of the user. False when the account has changed since it was read; then nothing has. */
  loggedIn(account: Account, token: RefreshToken): Promise<boolean>
  /** One refresh token in place of another. False when that one is not there any more; then nothing changes. */
  rotate(userId: string, from: string, token: RefreshToken): Promise<boolean>
  revoke(refreshId: string): Promise<void>
  revokeAll(userId: string): Promise<void>
}

export interface Sessions {
  /** Throws ApiProblem 401, 403 or 429. */
  login(login: { username: string; password: string }, address: string): Promise<TokenPair>
  /** Throws ApiProblem 401. A token that was used before ends all sessions of its user: somebody has a copy. */
  refresh(token: string): Promise<TokenPair>
  /** A token that is none is no failure. */
  logout(token: string): Promise<void>
  /** Throws ApiProblem 401 or 403. */
  userOf(accessToken: string): Promise<Account>
}

interface SessionDeps {
  accounts: Accounts
  passwords: Passwords
  tokens: Tokens
  throttle: Throttle
}

/** Logins that wait for their turn; more are refused at once. */
const mostWaiting = 100

export function createSessions({ accounts, passwords, tokens, throttle }: SessionDeps): Sessions {
  // One after the other, so that many tries at once are not more tries.
  const turn = serial()
  let waiting = 0

  const check = async (username: string, password: string, address: string): Promise<Account> => {
    const seconds = throttle.wait(username, address)
    if (seconds > 0) throw tooMany(seconds)
    const account = accounts.byName(username)
    if (!(await passwords.matches(password, account?.password ?? null)) || account === undefined) {
      throttle.failed(username, address)
      throw new ApiProblem(401, wrongPassword)
    }
    throttle.succeeded(username, address)
    return account
  }

  return {
    async login({ username, password }, address) {
      if (waiting >= mostWaiting) throw tooMany(1)
      waiting += 1
      const account = await turn(() => check(username, password, address)).finally(() => {
        waiting -= 1
      })
      if (!account.active) throw disabled()
      const pair = await tokens.pair(tokenUser(account))
      if (!(await accounts.loggedIn(account, pair.stored))) throw new ApiProblem(401, wrongPassword)
      return pair
    },
    async refresh(token) {
      const said = await tokens.read(token, 'refresh')
      if (said === null) throw new ApiProblem(401, 'Invalid refresh token')
      const account = accounts.byId(said.userId)
      if (account === undefined || !account.active) throw new ApiProblem(401, 'User not found or disabled')
      // Of before a new password: whoever has it must not end the sessions of who has that.
      if (account.epoch !== said.epoch) throw revoked()
      const pair = await tokens.pair(tokenUser(account))
      if (await accounts.rotate(account.id, said.refreshId, pair.stored)) return pair
      await accounts.revokeAll(account.id)
      throw revoked()
    },
    async logout(token) {
      const said = await tokens.read(token, 'refresh')
      if (said !== null) await accounts.revoke(said.refreshId)
    },
    async userOf(accessToken) {
      const said = await tokens.read(accessToken, 'access')
      if (said === null) throw unauthorised('Invalid access token')
      const account = accounts.byId(said.userId)
      if (account === undefined) throw unauthorised('User not found')
      if (!account.active) throw disabled()
      if (account.epoch !== said.epoch) throw unauthorised('Invalid access token')
      return account
    },
  }
}

const wrongPassword = 'Incorrect username or password'

const revoked = () => new ApiProblem(401, 'Refresh token has been revoked')

const disabled = () => new ApiProblem(403, 'User account is disabled')

const unauthorised = (detail: string) => new ApiProblem(401, detail, { 'www-authenticate': 'Bearer' })

function tooMany(seconds: number): ApiProblem {
  return new ApiProblem(429, `Too many tries; wait ${seconds} s.`, { 'retry-after': String(seconds) })
}

function tokenUser({ id, username, role, epoch }: Account): TokenUser {
  return { id, username, role, epoch }
}
