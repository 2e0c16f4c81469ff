/** The door of this room. */
export { type ScriptedUpstream, startScriptedUpstream } from './scripted-upstream.ts'
export type { Behaviour, ReceivedRequest } from './types.ts'
