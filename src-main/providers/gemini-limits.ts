/**
 * Gemini's limits and account. It has no limit headers: what there is stands in the details of a 429.
 * Source: ai.google.dev/gemini-api/docs/rate-limits; google.rpc QuotaFailure, RetryInfo and ErrorInfo.
 */
import type { LimitReading, Window } from '../pool/types.ts'
import { accountName } from './account.ts'
import { detailsOf, quotaZone, retryInfoMs, saysNone } from './gemini-error.ts'
import { count } from './header-limits.ts'
import { dayIn, minute } from './limits.ts'
import { listAt, textAt } from './read.ts'
import type { UpstreamAnswer } from './types.ts'
import { errorOf } from './upstream-error.ts'

const minutesAtMost = 10 * 60_000

export function geminiReadings({ status, body }: UpstreamAnswer): LimitReading[] {
  if (status !== 429) return []
  const details = detailsOf(body)
  const retryMs = retryInfoMs(details) ?? null
  // A value of 0 is left out of the details, as protobuf does, and stands in the words alone.
  const unsaid = saysNone(errorOf(body).message) ? 0 : null
  return details
    .flatMap((detail) => listAt(detail, 'violations'))
    .map((violation) => violationReading(violation, unsaid, retryMs))
    .filter((reading) => reading !== null)
}

/** `GenerateContentInputTokensPerModelPerMinute-FreeTier`, `GenerateRequestsPerDayPerProjectPerModel-FreeTier`, … */
function violationReading(violation: unknown, unsaid: 0 | null, retryMs: number | null): LimitReading | null {
  const id = textAt(violation, 'quotaId')
  const window = windowOf(id)
  const limit = count(textAt(violation, 'quotaValue')) ?? unsaid
  if (window === null || limit === null) return null
  return {
    unit: unitOf(id),
    window,
    limit,
    remaining: 0,
    // The delay beside a spent day is often that of the minute: then the day ends with the calendar's.
    resetMs: window === minute || (retryMs ?? 0) > minutesAtMost ? retryMs : null,
    refills: false,
    scope: id.includes('PerModel') ? 'model' : 'account',
  }
}

function windowOf(quotaId: string): Window | null {
  if (quotaId.includes('PerMinute')) return minute
  return quotaId.includes('PerDay') ? dayIn(quotaZone) : null
}

function unitOf(quotaId: string): LimitReading['unit'] {
  if (quotaId.includes('InputToken')) return 'input'
  if (quotaId.includes('OutputToken')) return 'output'
  return quotaId.includes('Token') ? 'total' : 'requests'
}

/** The Google project, as an error's ErrorInfo or words name it. Source: google-gemini/deprecated-generative-ai-python#244. */
export function geminiAccount({ body }: UpstreamAnswer): string | null {
  for (const detail of detailsOf(body)) {
    const project = /^projects\/\d+$/.exec(textAt(detail, 'metadata', 'consumer'))?.[0]
    if (project !== undefined) return accountName('gemini', project)
  }
  const number = /\bproject(?:_number:|s\/| )(\d{6,20})\b/.exec(errorOf(body).message)?.[1]
  return number === undefined ? null : accountName('gemini', `projects/${number}`)
}
