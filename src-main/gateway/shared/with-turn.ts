/** Anthropic and Gemini refuse a request without a turn; where a client gave instructions only, they are what the user says. */
import type { Conversation } from '../types.ts'

export function withTurn({ system, turns }: Conversation): Pick<Conversation, 'system' | 'turns'> {
  return turns.length > 0 ? { system, turns } : { system: [], turns: [{ role: 'user', parts: system }] }
}
