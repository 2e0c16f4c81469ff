/** Small makers of outcomes, shared by the providers' rules. */
import type { Outcome, OutcomeClass } from '../pool/types.ts'
import { spoken } from './upstream-error.ts'

/** An outcome with the upstream's words and its hint, leaving out what is not known. */
export function outcome(kind: OutcomeClass, message: string, holdMs?: number): Outcome {
  const said = spoken(message)
  return { class: kind, ...(said === undefined ? {} : { message: said }), ...(holdMs === undefined ? {} : { holdMs }) }
}

export function isSuccess(status: number): boolean {
  return status < 400
}

/** Time-outs and failures of the upstream itself: never the key's fault. 498 is Groq's "capacity exceeded", 529 Anthropic's "overloaded". */
export function isOverload(status: number): boolean {
  return status === 408 || status === 498 || (status >= 500 && status !== 501)
}

/** Says that a whole day's (or month's) share is used up, rather than a minute's. */
export function saysDaily(text: string): boolean {
  return /\bper[ _-]?(day|month)\b|\b(RPD|TPD)\b|\b(daily|monthly)\b|\/ ?(day|month)\b/i.test(text)
}
