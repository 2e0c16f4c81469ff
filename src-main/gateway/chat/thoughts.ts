/** Whether thoughts are shown to a client of chat completions. */
import type { Conversation } from '../types.ts'

/** They are, in DeepSeek's `reasoning_content`, unless the client asked for none: OpenAI's own SDK passes over the field. */
export function showsThoughts({ thinking }: Conversation): boolean {
  return thinking === null || (thinking.visible && thinking.mode !== 'off')
}
