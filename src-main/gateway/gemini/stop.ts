/** Why an answer ended, in Gemini's words. */
import type { StopReason } from '../types.ts'

const reasons: ReadonlyMap<string, StopReason> = new Map([
  ['STOP', 'end'],
  ['MAX_TOKENS', 'length'],
  // The limit of one request; the rest could be asked for.
  ['CONTINUATION', 'length'],
  ['SAFETY', 'filtered'],
  ['RECITATION', 'filtered'],
  ['LANGUAGE', 'filtered'],
  ['OTHER', 'filtered'],
  ['BLOCKLIST', 'filtered'],
  ['PROHIBITED_CONTENT', 'filtered'],
  ['SPII', 'filtered'],
  ['IMAGE_SAFETY', 'filtered'],
  ['IMAGE_PROHIBITED_CONTENT', 'filtered'],
  ['IMAGE_RECITATION', 'filtered'],
  ['IMAGE_OTHER', 'filtered'],
  ['NO_IMAGE', 'filtered'],
])

/** The model produced what is no answer; trying again may help, and calling it an end would be a lie. */
const broken: ReadonlySet<string> = new Set([
  'MALFORMED_FUNCTION_CALL',
  'MALFORMED_RESPONSE',
  'UNEXPECTED_TOOL_CALL',
  'TOO_MANY_TOOL_CALLS',
])

/** Null = the answer is broken. A reason that is not known yet counts as a plain end. */
export function readStop(reason: string, called: boolean): StopReason | null {
  if (broken.has(reason)) return null
  const stop = reasons.get(reason) ?? 'end'
  return stop === 'end' && called ? 'tool-calls' : stop
}

export function writeStop(reason: StopReason): string {
  switch (reason) {
    case 'end':
    case 'stop-sequence':
    case 'tool-calls':
    case 'pause':
      return 'STOP'
    case 'length':
      return 'MAX_TOKENS'
    case 'refusal':
    case 'filtered':
      return 'SAFETY'
  }
}
