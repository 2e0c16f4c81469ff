/** Anthropic's limit headers: token buckets of a minute, per class of models. Source: platform.claude.com/docs/en/api/rate-limits. */
import type { LimitReading } from '../pool/types.ts'
import { headerReadings } from './header-limits.ts'
import { minute } from './limits.ts'
import type { UpstreamAnswer } from './types.ts'

const kinds = [
  { name: 'requests', unit: 'requests' },
  { name: 'input-tokens', unit: 'input' },
  { name: 'output-tokens', unit: 'output' },
  { name: 'tokens', unit: 'total' },
] as const

export function anthropicReadings(answer: UpstreamAnswer, now: number): LimitReading[] {
  const places = kinds.map(({ name, unit }) => {
    const stem = `anthropic-ratelimit-${name}`
    const names = { limit: `${stem}-limit`, remaining: `${stem}-remaining`, reset: `${stem}-reset` }
    return { unit, window: minute, refills: true, scope: 'model' as const, ...names }
  })
  return headerReadings(answer, now, places)
}
