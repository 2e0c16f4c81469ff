/**
 * Azure's limit headers: of a deployment, per minute, with resets in seconds. The limit of requests is often left out, and
 * answers of the Responses API say -1, -1 and 0 for what is not known.
 */
import type { LimitReading } from '../pool/types.ts'
import { headerReadings } from './header-limits.ts'
import { minute } from './limits.ts'
import type { UpstreamAnswer } from './types.ts'

const common = { window: minute, refills: false, scope: 'model' } as const
const places = [
  {
    ...common,
    unit: 'requests',
    limit: 'x-ratelimit-limit-requests',
    remaining: 'x-ratelimit-remaining-requests',
    reset: 'x-ratelimit-reset-requests',
  },
  {
    ...common,
    unit: 'total',
    limit: 'x-ratelimit-limit-tokens',
    remaining: 'x-ratelimit-remaining-tokens',
    reset: 'x-ratelimit-reset-tokens',
  },
] as const

export function azureReadings(answer: UpstreamAnswer, now: number): LimitReading[] {
  return headerReadings(answer, now, places).filter(({ limit }) => limit !== 0)
}
