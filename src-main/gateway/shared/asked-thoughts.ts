/** Whether a client is shown thoughts: those of Anthropic's and Gemini's APIs only when they asked for them. */
import type { Conversation } from '../types.ts'

export function askedForThoughts({ thinking }: Conversation): boolean {
  return thinking !== null && thinking.mode !== 'off' && thinking.visible
}
