/** The door of this room. */
export type { RawKey, ServerConfig, Tokens } from './answers.ts'
export { ApipoolClient, type AskOptions, type CallEvent, reportTime } from './client.ts'
export { ApipoolError, type ApipoolFailure } from './error.ts'
export { Session } from './session.ts'
export { baseOf, type Wire } from './transport.ts'
