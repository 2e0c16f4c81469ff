/** The door of this room: the server side of the apipool protocol. */
export { type AuthDeps, authRoutes } from './auth-routes.ts'
export { keyRoutes } from './keys.ts'
export type {
  ApiKey,
  CallCounts,
  KeyFilter,
  KeyHouse,
  NewApiKey,
  Verification,
} from './keys-types.ts'
export { createPasswords, type Passwords } from './passwords.ts'
export { baseUrlName, poolConfigView, withPoolConfig } from './pool-config.ts'
export {
  type MembersInput,
  type MemberView,
  type PoolChange,
  type PoolCounts,
  type PoolDesk,
  type PoolInput,
  type PoolView,
  poolRoutes,
} from './pools-routes.ts'
export { createApipoolServer } from './server.ts'
export { type Account, type Accounts, createSessions } from './sessions.ts'
export { createThrottle } from './throttle.ts'
export { createTokens } from './tokens.ts'
export { ApiProblem, type ApipoolServer, type ApiUser } from './types.ts'
