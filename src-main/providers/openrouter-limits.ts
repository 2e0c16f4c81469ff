/** OpenRouter's limits of free models: only its own 429 names them. Source: openrouter.ai/docs/api/reference/limits. */
import type { LimitReading } from '../pool/types.ts'
import { count } from './header-limits.ts'
import { dayIn, minute } from './limits.ts'
import { saysDaily } from './outcome.ts'
import { textAt } from './read.ts'
import { resetMs } from './retry-hint.ts'
import type { UpstreamAnswer } from './types.ts'
import { errorOf } from './upstream-error.ts'

export function openrouterReadings(answer: UpstreamAnswer, now: number): LimitReading[] {
  if (answer.status !== 429) return []
  // The same three stand in the body, where an answer inside a stream has no headers.
  const said = (name: string) =>
    answer.header(`x-ratelimit-${name.toLowerCase()}`) ??
    textAt(answer.body, 'error', 'metadata', 'headers', `X-RateLimit-${name}`)
  const [limit, remaining] = [count(said('Limit')), count(said('Remaining'))]
  if (limit === null || remaining === null) return []
  const window = saysDaily(errorOf(answer.body).message) ? dayIn('UTC') : minute
  // The free models share it, but an account's limit would hold up the paid ones too.
  return [
    {
      unit: 'requests',
      window,
      limit,
      remaining,
      resetMs: resetMs(said('Reset'), now) ?? null,
      refills: false,
      scope: 'model',
    },
  ]
}
