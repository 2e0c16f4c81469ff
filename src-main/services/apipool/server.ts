/** The apipool-server of this Keywheel, whole: who may log in, and every table of routes. */
import type { Clock, PoolEngine } from '../../pool/types.ts'
import {
  type ApipoolServer,
  authRoutes,
  createApipoolServer,
  createSessions,
  createThrottle,
  createTokens,
  infoRoutes,
  keyRoutes,
  type Passwords,
  poolRoutes,
  proxyRoutes,
  type ServerDeps,
  statsRoutes,
} from '../../remote/server/index.ts'
import type { Storage } from '../../storage/types.ts'
import type { UsageRecorder } from '../../usage/types.ts'
import type { Vault } from '../../vault/types.ts'
import type { Catalog } from '../catalog.ts'
import type { KeyViews } from '../keys/key-view.ts'
import type { ProxySwitch } from '../proxy.ts'
import type { WorkspaceServices } from '../types.ts'
import { accountsOf, registrationOf } from './accounts.ts'
import { createCallDesk } from './calls.ts'
import { createApipoolKeys } from './keys.ts'
import type { Lending } from './lending.ts'
import { createPoolDesk } from './pools.ts'
import { tokenSecretOf } from './secret.ts'
import { createApipoolStats, settledEvents } from './stats.ts'

interface ApipoolDeps {
  catalog: Catalog
  vault: Vault
  clock: Clock
  storage: Pick<Storage, 'usage' | 'reports'>
  recorder: UsageRecorder
  views: KeyViews
  engine: Pick<PoolEngine, 'pool'>
  passwords: Passwords
  lending: Lending
  proxy: Pick<ProxySwitch, 'status'>
  services: Pick<WorkspaceServices, 'users' | 'pools' | 'keys'>
  /** Started with --allow-reveal. */
  allowReveal: boolean
  log: ServerDeps['log']
}

export function apipoolServerOf(deps: ApipoolDeps): ApipoolServer {
  const { catalog, vault, clock, storage, recorder, services, log } = deps
  const accounts = accountsOf(deps)
  const tokens = createTokens({ clock, secret: tokenSecretOf(vault, catalog) })
  const sessions = createSessions({ accounts, passwords: deps.passwords, tokens, throttle: createThrottle(clock) })
  const pools = createPoolDesk({ ...deps, pools: services.pools })
  const calls = createCallDesk({ catalog, vault, lending: deps.lending, proxyUrl: () => deps.proxy.status().url })
  const events = settledEvents(storage.usage, () => recorder.flush())
  const tables = [
    authRoutes({ sessions, accounts, registration: registrationOf(deps, services.users) }),
    poolRoutes(pools),
    proxyRoutes(calls, pools),
    keyRoutes(createApipoolKeys({ ...deps, keys: services.keys, events })),
    statsRoutes(createApipoolStats({ ...deps, events, reports: storage.reports })),
    infoRoutes,
  ]
  return createApipoolServer(tables, { userOf: (token) => sessions.userOf(token), log })
}
