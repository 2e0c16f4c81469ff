/** The door of this room: the server side of the apipool protocol. */
export { type AuthDeps, authRoutes } from './auth-routes.ts'
export { infoRoutes } from './info-routes.ts'
export type { Invocation } from './invocation.ts'
export { keyRoutes } from './keys.ts'
export type {
  ApiKey,
  KeyFilter,
  KeyHouse,
  NewApiKey,
} from './keys-types.ts'
export { createPasswords, type Passwords } from './passwords.ts'
export { baseUrlName, poolConfigView, withPoolConfig } from './pool-config.ts'
export {
  type MembersInput,
  type PoolChange,
  type PoolCounts,
  type PoolDesk,
  type PoolInput,
  type PoolView,
  poolRoutes,
} from './pools-routes.ts'
export { type CallDesk, type CallResult, proxyRoutes } from './proxy-routes.ts'
export { momentOf } from './report.ts'
export { createApipoolServer } from './server.ts'
export { type Account, type Accounts, createSessions } from './sessions.ts'
export { statsRoutes } from './stats.ts'
export type { ReportedCall, StatsHouse, StatsSpan } from './stats-types.ts'
export { createThrottle } from './throttle.ts'
export { createTokens } from './tokens.ts'
export { ApiProblem, type ApipoolServer, type ApiUser, type ServerDeps } from './types.ts'
