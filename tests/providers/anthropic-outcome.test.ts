/** Anthropic's rows of the provider table. */
import { expect, it } from 'vitest'
import { providers, type UpstreamAnswer } from '../../src-main/providers/index.ts'
import { answer, anthropicError as error, noon } from './answers.ts'

const limits = 'You have reached your specified API usage limits.'

it.each<[name: string, answer: UpstreamAnswer, outcome: string, holdMs?: number]>([
  ['200', answer(200, { type: 'message' }), 'ok'],
  ['401', answer(401, error('authentication_error')), 'key-invalid'],
  ['403 permission_error', answer(403, error('permission_error')), 'key-invalid'],
  ['403 of a gateway', answer(403, { error: { type: 'forbidden', message: 'Request not allowed' } }), 'request-bad'],
  ['402', answer(402, error('billing_error')), 'no-credit'],
  ['400 usage limit', answer(400, error('invalid_request_error', limits)), 'no-credit'],
  [
    '400 workspace usage limit',
    answer(400, error('invalid_request_error', 'You have reached your specified workspace API usage limits.')),
    'no-credit',
  ],
  [
    '400 usage limit with its end',
    answer(400, error('invalid_request_error', `${limits} You will regain access on 2026-01-16 at 00:00 UTC.`)),
    'no-credit',
    12 * 3_600_000,
  ],
  ['400 credit', answer(400, error('invalid_request_error', 'Your credit balance is too low to access')), 'no-credit'],
  ['400 words of a user', answer(400, error('invalid_request_error', `messages.0: "${limits}"`)), 'request-bad'],
  ['429', answer(429, error('rate_limit_error'), { 'retry-after': '13' }), 'rate-short', 13_000],
  [
    '429 spend limit',
    answer(429, error('rate_limit_error', 'no', { error_code: 'enforced_spend_limit_reached' })),
    'no-credit',
    17 * 86_400_000 - 12 * 3_600_000,
  ],
  [
    '429 spend limit but with Retry-After',
    answer(429, error('rate_limit_error', 'no', { error_code: 'enforced_spend_limit_reached' }), { 'retry-after': '5' }),
    'rate-short',
    5000,
  ],
  [
    '429 with empty windows',
    answer(429, error('rate_limit_error'), {
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': '2026-01-15T12:00:20Z',
      'anthropic-ratelimit-input-tokens-remaining': '0',
      'anthropic-ratelimit-input-tokens-reset': '2026-01-15T12:00:50Z',
      'anthropic-ratelimit-output-tokens-remaining': '8',
      'anthropic-ratelimit-output-tokens-reset': '2026-01-15T13:00:00Z',
    }),
    'rate-short',
    50_000,
  ],
  ['529', answer(529, error('overloaded_error')), 'overloaded'],
  ['500', answer(500, error('api_error')), 'overloaded'],
  ['504', answer(504, error('timeout_error')), 'overloaded'],
  ['400', answer(400, error('invalid_request_error')), 'request-bad'],
  ['404', answer(404, error('not_found_error')), 'request-bad'],
  ['409', answer(409, error('conflict_error')), 'request-bad'],
  ['413', answer(413, error('request_too_large')), 'request-bad'],
  ['error in 200', answer(200, error('overloaded_error')), 'overloaded'],
  ['authentication error in 200', answer(200, error('authentication_error')), 'key-invalid'],
])('%s', (_, upstream, kind, holdMs) => {
  const outcome = providers.anthropic.classify(upstream, noon)
  expect([outcome.class, outcome.holdMs]).toEqual([kind, holdMs])
})
