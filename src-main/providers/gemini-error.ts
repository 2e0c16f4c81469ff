/** The details of a Gemini error: google.rpc's RetryInfo, QuotaFailure and ErrorInfo. */
import { listAt, textAt } from './read.ts'
import { durationMs, longest } from './retry-hint.ts'

/** Where the day of Google's daily quotas ends. */
export const quotaZone = 'America/Los_Angeles'

/** A streamed error comes inside an array. */
export function wholeOf(body: unknown): unknown {
  return Array.isArray(body) ? body[0] : body
}

export function detailsOf(body: unknown): readonly unknown[] {
  return listAt(wholeOf(body), 'error', 'details')
}

export function retryInfoMs(details: readonly unknown[]): number | undefined {
  return longest(...details.map((detail) => durationMs(textAt(detail, 'retryDelay'))))
}

/** A limit of 0: a model that this account's tier does not have. Source: dev.to/nils44344. */
export function saysNone(message: string): boolean {
  return /\blimit: 0\b(?!\.)/.test(message)
}
