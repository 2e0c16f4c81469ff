/**
 * Limits in the words of a refusal: `Rate limit reached for … on tokens per day (TPD): Limit 100000, Used 99336`. The only
 * place where OpenAI and Groq name the windows that their headers leave out.
 */
import type { LimitReading, Window } from '../pool/types.ts'
import { minute, slidingDay } from './limits.ts'
import type { UpstreamAnswer } from './types.ts'
import { errorOf } from './upstream-error.ts'

const units: Readonly<Record<string, LimitReading['unit']>> = { R: 'requests', T: 'total', IT: 'input', OT: 'output' }
const windows: Readonly<Record<string, Window>> = { M: minute, D: slidingDay }

/** Of a 429 only. A limit without its use is taken as used up. */
export function messageReadings({ status, body }: UpstreamAnswer): LimitReading[] {
  if (status !== 429) return []
  const [, kind = '', per = '', limitText, usedText] =
    /\((R|T|IT|OT)P(M|D)\): Limit:? (\d{1,15})(?:,? Used:? (\d{1,15}))?/.exec(errorOf(body).message) ?? []
  const [unit, window] = [units[kind], windows[per]]
  if (unit === undefined || window === undefined) return []
  const limit = Number(limitText)
  const remaining = Math.max(0, limit - Number(usedText ?? limit))
  return [{ unit, window, limit, remaining, resetMs: null, refills: true, scope: 'model' }]
}
