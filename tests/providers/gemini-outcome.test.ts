/** Gemini's rows of the provider table. */
import { expect, it } from 'vitest'
import { providers, type UpstreamAnswer } from '../../src-main/providers/index.ts'
import { answer, geminiError as error, noon } from './answers.ts'

const type = (name: string) => `type.googleapis.com/google.rpc.${name}`
const reason = (name: string) => ({ '@type': type('ErrorInfo'), reason: name, domain: 'googleapis.com' })
const retry = (retryDelay: string) => ({ '@type': type('RetryInfo'), retryDelay })
const quota = (window: string, quotaValue = '10') => ({
  '@type': type('QuotaFailure'),
  violations: [{ quotaId: `GenerateRequests${window}PerProjectPerModel-FreeTier`, quotaValue }],
})
const spent = (message: string, details: object[]) => answer(429, error(429, 'RESOURCE_EXHAUSTED', message, details))
const bad = (message: string, details: object[] = []) => answer(400, error(400, 'INVALID_ARGUMENT', message, details))
const hours = 3_600_000

it.each<[name: string, answer: UpstreamAnswer, outcome: string, holdMs?: number]>([
  ['200', answer(200, { candidates: [] }), 'ok'],
  ['400 API_KEY_INVALID', bad('API key not valid. Please pass a valid API key.', [reason('API_KEY_INVALID')]), 'key-invalid'],
  ['400 expired key', bad('API key expired. Please renew the API key.'), 'key-invalid'],
  [
    '400 in an array',
    answer(400, [error(400, 'INVALID_ARGUMENT', 'API key not valid', [reason('API_KEY_INVALID')])]),
    'key-invalid',
  ],
  ['403 leaked', answer(403, error(403, 'PERMISSION_DENIED', 'Your API key was reported as leaked.')), 'key-invalid'],
  ['403 suspended', answer(403, error(403, 'PERMISSION_DENIED', 'Consumer has been suspended.')), 'key-invalid'],
  [
    '403 file of another',
    answer(403, error(403, 'PERMISSION_DENIED', 'You do not have permission to access the File abc')),
    'request-bad',
  ],
  ['401', answer(401, error(401, 'UNAUTHENTICATED')), 'key-invalid'],
  ['401 interactions', answer(401, { error: { code: 'authentication', message: 'no' } }), 'key-invalid'],
  ['402', answer(402, error(402, 'RESOURCE_EXHAUSTED')), 'no-credit'],
  ['400 billing', answer(400, error(400, 'FAILED_PRECONDITION', 'Please enable billing')), 'no-credit'],
  ['429 per minute', spent('no', [quota('PerMinute'), retry('46s')]), 'rate-short', 46_000],
  ['429 per minute, fractions', spent('no', [quota('PerMinute'), retry('46.837s')]), 'rate-short', 46_837],
  ['429 per day with a delay', spent('no', [quota('PerDay'), retry('36000s')]), 'rate-daily', 10 * hours],
  ['429 per day without', spent('no', [quota('PerDay')]), 'rate-daily', 20 * hours],
  ['429 both windows', spent('no', [quota('PerMinute'), quota('PerDay'), retry('7s')]), 'rate-daily', 7000],
  [
    '429 hint in the message',
    spent('Please retry in 10h17m5.72s.', [quota('PerDay')]),
    'rate-daily',
    10 * hours + 17 * 60_000 + 5720,
  ],
  ['429 two hints: the longer', spent('Please retry in 50s', [quota('PerMinute'), retry('46s')]), 'rate-short', 50_000],
  ['429 without details', spent('Resource has been exhausted', []), 'rate-short'],
  [
    '429 limit: 0',
    spent('* Quota exceeded for metric: x, limit: 0, model: y\nPlease retry in 5s', [quota('PerDay'), retry('5s')]),
    'model-unavailable',
  ],
  ['429 quota value 0', spent('no', [quota('PerDay', '0'), retry('5s')]), 'model-unavailable'],
  ['429 limit: 10', spent('* Quota exceeded for metric: x, limit: 10', [quota('PerMinute')]), 'rate-short'],
  ['429 interactions, rate', answer(429, { error: { code: 'rate_limit_exceeded', message: 'no' } }), 'rate-short'],
  ['429 interactions, quota', answer(429, { error: { code: 'quota_exceeded', message: 'no' } }), 'rate-daily', 20 * hours],
  ['503', answer(503, error(503, 'UNAVAILABLE')), 'overloaded'],
  ['500', answer(500, error(500, 'INTERNAL')), 'overloaded'],
  ['504', answer(504, error(504, 'DEADLINE_EXCEEDED')), 'overloaded'],
  ['400', bad('Invalid value at contents'), 'request-bad'],
  ['404', answer(404, error(404, 'NOT_FOUND')), 'request-bad'],
  ['error in 200', answer(200, error(503, 'UNAVAILABLE')), 'overloaded'],
])('%s', (_, upstream, kind, holdMs) => {
  const outcome = providers.gemini.classify(upstream, noon)
  expect([outcome.class, outcome.holdMs]).toEqual([kind, holdMs])
})
