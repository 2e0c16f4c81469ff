/**
 * Mistral's limit headers, which no document of it describes: per minute, of the whole organisation, without a reset.
 * Sources: public clients; help.mistral.ai/en/articles/424390 (limits are the organisation's, tokens are input and output).
 */
import type { LimitReading } from '../pool/types.ts'
import { headerReadings } from './header-limits.ts'
import { minute } from './limits.ts'
import type { UpstreamAnswer } from './types.ts'

const common = { window: minute, refills: false, scope: 'account' } as const
const places = [
  {
    ...common,
    unit: 'requests',
    limit: 'x-ratelimit-limit-req-minute',
    remaining: 'x-ratelimit-remaining-req-minute',
  },
  {
    ...common,
    unit: 'total',
    limit: 'x-ratelimit-limit-tokens-minute',
    remaining: 'x-ratelimit-remaining-tokens-minute',
  },
] as const

export function mistralReadings(answer: UpstreamAnswer, now: number): LimitReading[] {
  return headerReadings(answer, now, places)
}
