/** Why an answer ended, in the words of chat completions. */
import type { StopReason } from '../types.ts'

const reasons: ReadonlyMap<string, StopReason> = new Map([
  ['stop', 'end'],
  ['length', 'length'],
  ['tool_calls', 'tool-calls'],
  ['function_call', 'tool-calls'],
  ['content_filter', 'filtered'],
  // Mistral's.
  ['model_length', 'length'],
])

/** A reason that is not known yet counts as a plain end. */
export function readStop(reason: string): StopReason {
  return reasons.get(reason) ?? 'end'
}

/** Words for an answer that did not end but failed: OpenRouter's and DeepSeek's. */
export function isFailure(reason: string): boolean {
  return reason === 'error' || reason === 'insufficient_system_resource'
}

export function writeStop(reason: StopReason): string {
  switch (reason) {
    case 'end':
    case 'stop-sequence':
    case 'pause':
    // The refusal itself is in the message.
    case 'refusal':
      return 'stop'
    case 'length':
      return 'length'
    case 'tool-calls':
      return 'tool_calls'
    case 'filtered':
      return 'content_filter'
  }
}
