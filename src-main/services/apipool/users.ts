/** People who may log in at the apipool-server of this Keywheel. */
import { randomBytes } from 'node:crypto'
import { KeywheelError, type User } from '../../../src-preload/contract/index.ts'
import type { Clock } from '../../pool/types.ts'
import type { Passwords } from '../../remote/server/index.ts'
import type { ConfigWrites, UserRow } from '../../storage/types.ts'
import type { Catalog } from '../catalog.ts'
import type { UserService } from '../types.ts'

export interface UserServiceDeps {
  catalog: Catalog
  clock: Clock
  passwords: Passwords
}

export function createUserService({ catalog, clock, passwords }: UserServiceDeps): UserService {
  const audit = (actor: Parameters<UserService['create']>[1], action: string, subject: string) => [
    { at: clock.now(), actor, action, subject },
  ]
  const rowOf = (id: string): UserRow => {
    const row = catalog.users.get(id)
    if (row === undefined) throw new KeywheelError('USER_NOT_FOUND')
    return row
  }
  const assertFree = ({ id, username, email }: Pick<UserRow, 'id' | 'username' | 'email'>) => {
    for (const other of catalog.users.values()) {
      if (other.id === id) continue
      if (isAlike(other.username, username)) throw taken('username', 'Another user has this name already.')
      if (email !== '' && isAlike(other.email, email)) throw taken('email', 'Another user has this e-mail already.')
    }
  }
  const assertPools = (pools: readonly string[] | null | undefined) => {
    for (const slug of pools ?? []) catalog.pool(slug, 'pools')
  }

  return {
    list: () => [...catalog.users.values()].toSorted((a, b) => a.createdAt - b.createdAt).map(userView),
    async create({ password, ...input }, actor) {
      const hash = await passwords.hash(password)
      return catalog.exclusive(async () => {
        const id = `user_${randomBytes(9).toString('base64url')}`
        assertPools(input.pools)
        const now = clock.now()
        const row: UserRow = { ...input, id, active: true, password: hash, epoch: 1, createdAt: now, lastLoginAt: null }
        assertFree(row)
        await catalog.commit({ putUsers: [row], audit: audit(actor, 'user.create', id) })
        return userView(row)
      })
    },
    async update(id, { password, ...patch }, actor) {
      rowOf(id)
      const hash = password === undefined ? undefined : await passwords.hash(password)
      return catalog.exclusive(async () => {
        const before = rowOf(id)
        assertPools(patch.pools)
        const row: UserRow = {
          ...before,
          email: patch.email ?? before.email,
          role: patch.role ?? before.role,
          mayReveal: patch.mayReveal ?? before.mayReveal,
          pools: patch.pools === undefined ? before.pools : patch.pools,
          active: patch.active ?? before.active,
          password: hash ?? before.password,
        }
        assertFree(row)
        const ended = hash !== undefined || (before.active && !row.active)
        const sessions: ConfigWrites = ended ? { removeRefreshes: refreshesOf(catalog, id) } : {}
        const putUsers = [ended ? { ...row, epoch: row.epoch + 1 } : row]
        await catalog.commit({ ...sessions, putUsers, audit: audit(actor, 'user.update', id) })
        return userView(row)
      })
    },
    remove: (id, actor) =>
      catalog.exclusive(async () => {
        rowOf(id)
        await catalog.commit({ removeUsers: [id], audit: audit(actor, 'user.remove', id) })
      }),
  }
}

/** Nobody is to pass for somebody else by a capital letter. */
const isAlike = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()

/** Ids of a user's refresh tokens. */
export function refreshesOf(catalog: Pick<Catalog, 'refreshes'>, userId: string): string[] {
  return [...catalog.refreshes.values()].filter((row) => row.userId === userId).map(({ id }) => id)
}

function userView({ id, username, email, role, mayReveal, pools, active, createdAt, lastLoginAt }: UserRow): User {
  return { id, username, email, role, mayReveal, pools, active, createdAt, lastLoginAt }
}

function taken(path: 'username' | 'email', message: string): KeywheelError {
  return new KeywheelError('USER_TAKEN', message, { fields: [{ path, message: 'choose another one' }] })
}
