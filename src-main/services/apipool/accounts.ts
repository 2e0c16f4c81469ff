/** The users of the apipool-server as its sessions need them, and those who make themselves one. */
import { KeywheelError } from '../../../src-preload/contract/index.ts'
import type { Clock } from '../../pool/types.ts'
import { type Account, type Accounts, ApiProblem, type AuthDeps } from '../../remote/server/index.ts'
import type { RefreshRow, UserRow } from '../../storage/types.ts'
import type { Catalog } from '../catalog.ts'
import type { UserService } from '../types.ts'
import { refreshesOf } from './users.ts'

interface AccountDeps {
  catalog: Catalog
  clock: Clock
}

export function accountsOf({ catalog, clock }: AccountDeps): Accounts {
  const rowOf = (userId: string, { id, expiresAt }: { id: string; expiresAt: number }): RefreshRow => ({ id, userId, expiresAt })
  const audit = (action: string, subject: string) => [{ at: clock.now(), actor: 'user' as const, action, subject }]
  return {
    byName: (username) => {
      for (const row of catalog.users.values()) if (row.username === username) return accountOf(row)
      return undefined
    },
    byId: (id) => accountOf(catalog.users.get(id)),
    loggedIn: (account, token) =>
      catalog.exclusive(async () => {
        const row = catalog.users.get(account.id)
        if (row === undefined || !row.active || row.epoch !== account.epoch) return false
        await catalog.commit({
          removeRefreshes: refreshesOf(catalog, row.id),
          putRefreshes: [rowOf(row.id, token)],
          putUsers: [{ ...row, lastLoginAt: clock.now() }],
          audit: audit('user.login', row.id),
        })
        return true
      }),
    rotate: (userId, from, token) =>
      catalog.exclusive(async () => {
        if (catalog.refreshes.get(from)?.userId !== userId) return false
        await catalog.commit({ removeRefreshes: [from], putRefreshes: [rowOf(userId, token)] })
        return true
      }),
    revoke: (refreshId) =>
      catalog.exclusive(async () => {
        if (catalog.refreshes.has(refreshId)) await catalog.commit({ removeRefreshes: [refreshId] })
      }),
    revokeAll: (userId) =>
      catalog.exclusive(async () => {
        const gone = refreshesOf(catalog, userId)
        if (gone.length > 0) await catalog.commit({ removeRefreshes: gone, audit: audit('user.sessions-ended', userId) })
      }),
  }
}

function accountOf(row: UserRow): Account
function accountOf(row: UserRow | undefined): Account | undefined
function accountOf(row: UserRow | undefined): Account | undefined {
  if (row === undefined) return undefined
  const { id, username, email, role, mayReveal, pools, active, password, epoch, createdAt } = row
  return { id, username, email, role, mayReveal, pools, active, password, epoch, createdAt }
}

/** Each costs a hash and a row. */
const mostUsers = 1000
const mostAMinute = 5

/** For strangers: the user that is made has no pools and no rights. */
export function registrationOf({ catalog, clock }: AccountDeps, users: Pick<UserService, 'create'>): AuthDeps['registration'] {
  let lately: number[] = []
  return () => {
    if (!catalog.settings().apipoolRegistration) return null
    return async ({ username, email, password }) => {
      lately = lately.filter((at) => clock.mono() - at < 60_000)
      if (lately.length >= mostAMinute || catalog.users.size >= mostUsers) {
        throw new ApiProblem(429, 'Too many users were made just now; wait a minute.', { 'retry-after': '60' })
      }
      lately.push(clock.mono())
      try {
        const { id } = await users.create({ username, email, password, role: 'user', mayReveal: false, pools: [] }, 'user')
        const row = catalog.users.get(id)
        if (row !== undefined) return accountOf(row)
      } catch (error) {
        if (!(error instanceof KeywheelError && error.code === 'USER_TAKEN')) throw error
        const isEmail = error.data.fields?.[0]?.path === 'email'
        throw new ApiProblem(409, isEmail ? 'Email already exists' : 'Username already exists')
      }
      throw new ApiProblem(404, 'User not found')
    }
  }
}
