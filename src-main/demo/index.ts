/** The door of this room. */
export { type ScriptedUpstream, type ScriptedUpstreamOptions, startScriptedUpstream } from './scripted-upstream.ts'
export type { Behaviour, ReceivedRequest, ScriptedUsage } from './types.ts'
