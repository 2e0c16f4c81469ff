/** Why an answer ended, in Anthropic's words. */
import type { StopReason } from '../types.ts'

const reasons: ReadonlyMap<string, StopReason> = new Map([
  ['end_turn', 'end'],
  ['max_tokens', 'length'],
  ['model_context_window_exceeded', 'length'],
  ['stop_sequence', 'stop-sequence'],
  ['tool_use', 'tool-calls'],
  ['pause_turn', 'pause'],
  ['refusal', 'refusal'],
])

/** A reason that is not known yet counts as a plain end. */
export function readStop(reason: string): StopReason {
  return reasons.get(reason) ?? 'end'
}

export function writeStop(reason: StopReason): string {
  switch (reason) {
    case 'end':
      return 'end_turn'
    case 'length':
      return 'max_tokens'
    case 'stop-sequence':
      return 'stop_sequence'
    case 'tool-calls':
      return 'tool_use'
    case 'pause':
      return 'pause_turn'
    // Anthropic has one word for both: its own classifiers' and the model's refusal.
    case 'refusal':
    case 'filtered':
      return 'refusal'
  }
}
