/** The apipool-server of this Keywheel, whole: who may log in, and every table of routes. */
import type { Clock } from '../pool/types.ts'
import {
  type ApipoolServer,
  authRoutes,
  type CallDesk,
  createApipoolServer,
  createSessions,
  createThrottle,
  createTokens,
  infoRoutes,
  type KeyHouse,
  keyRoutes,
  type Passwords,
  type PoolDesk,
  poolRoutes,
  proxyRoutes,
  type ServerDeps,
} from '../remote/server/index.ts'
import type { Vault } from '../vault/types.ts'
import { accountsOf, registrationOf } from './apipool-accounts.ts'
import { tokenSecretOf } from './apipool-secret.ts'
import type { Catalog } from './catalog.ts'
import type { UserService } from './types.ts'

interface ApipoolDeps {
  catalog: Catalog
  vault: Vault
  clock: Clock
  passwords: Passwords
  log: ServerDeps['log']
  users: Pick<UserService, 'create'>
  pools: PoolDesk
  calls: CallDesk
  keys: KeyHouse
}

export function apipoolServerOf(deps: ApipoolDeps): ApipoolServer {
  const { catalog, vault, clock, passwords, log, users, pools, calls, keys } = deps
  const accounts = accountsOf({ catalog, clock })
  const tokens = createTokens({ clock, secret: tokenSecretOf(vault, catalog) })
  const sessions = createSessions({ accounts, passwords, tokens, throttle: createThrottle(clock) })
  const registration = registrationOf({ catalog, clock }, users)
  const tables = [
    authRoutes({ sessions, accounts, registration }),
    poolRoutes(pools),
    proxyRoutes(calls, pools),
    keyRoutes(keys),
    infoRoutes,
  ]
  return createApipoolServer(tables, { userOf: (token) => sessions.userOf(token), log })
}
