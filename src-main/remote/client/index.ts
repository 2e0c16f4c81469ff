/** The door of this room. */
export type { Invoked, RawKey, RawKeys, ServerConfig, Tokens } from './answers.ts'
export { ApipoolClient, type CallEvent, type Invocation, reportTime } from './client.ts'
export { ApipoolError, type ApipoolFailure } from './error.ts'
export { Session } from './session.ts'
export { baseOf, type Wire } from './transport.ts'
