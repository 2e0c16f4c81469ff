/** OpenAI's rows of the provider table, and those of what imitates it. */
import { describe, expect, it } from 'vitest'
import { providers, type UpstreamAnswer } from '../../src-main/providers/index.ts'
import { answer, openaiError as error, noon } from './answers.ts'

type Row = [name: string, answer: UpstreamAnswer, outcome: string, holdMs?: number]

const shared: Row[] = [
  ['200', answer(200, { id: 'x', error: null }), 'ok'],
  ['204 without a body', answer(204, undefined), 'ok'],
  ['302', answer(302, undefined), 'ok'],
  ['401 invalid_api_key', answer(401, error({ code: 'invalid_api_key' })), 'key-invalid'],
  ['401 account_deactivated', answer(401, error({ code: 'account_deactivated' })), 'key-invalid'],
  ['401 with a page of HTML', answer(401, undefined), 'key-invalid'],
  ['403 country', answer(403, error({ code: 'unsupported_country_region_territory' })), 'key-invalid'],
  ['403 model of another project', answer(403, error({ code: 'model_not_found' })), 'model-unavailable'],
  ['403 missing scope', answer(403, error({ message: 'You have insufficient permissions for this operation.' })), 'request-bad'],
  ['429 insufficient_quota by type', answer(429, error({ type: 'insufficient_quota' })), 'no-credit'],
  ['429 insufficient_quota by code', answer(429, error({ code: 'insufficient_quota' }), { 'retry-after': '1' }), 'no-credit'],
  ['429 credit_balance_exhausted', answer(429, error({ code: 'credit_balance_exhausted' })), 'no-credit'],
  ['429 organization_spend_limit_exceeded', answer(429, error({ code: 'organization_spend_limit_exceeded' })), 'no-credit'],
  ['429 project_spend_limit_exceeded', answer(429, error({ code: 'project_spend_limit_exceeded' })), 'no-credit'],
  ['429 organization_usage_limit_exceeded', answer(429, error({ code: 'organization_usage_limit_exceeded' })), 'no-credit'],
  ['429 with Retry-After', answer(429, error({ code: 'rate_limit_exceeded' }), { 'retry-after': '7' }), 'rate-short', 7000],
  ['429 without any hint', answer(429, undefined), 'rate-short'],
  [
    '429 requests per minute, hint in the message',
    answer(429, error({ message: 'Rate limit reached on requests per min (RPM): Limit 3. Please try again in 20s.' })),
    'rate-short',
    20_000,
  ],
  [
    '429 requests per day',
    answer(429, error({ message: 'Rate limit reached on requests per day (RPD): Limit 200. Please try again in 7m12s.' })),
    'rate-daily',
    432_000,
  ],
  [
    '429 with an empty token window',
    answer(429, error({ code: 'rate_limit_exceeded' }), {
      'x-ratelimit-remaining-requests': '12',
      'x-ratelimit-reset-requests': '9h',
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': '6m0s',
    }),
    'rate-short',
    360_000,
  ],
  [
    '429 with two hints: the longer',
    answer(429, error({ message: 'Please try again in 20s.' }), { 'retry-after': '1' }),
    'rate-short',
    20_000,
  ],
  ['429 slow_down', answer(429, error({ type: 'rate_limit_error', code: 'slow_down' })), 'rate-short'],
  ['503 server_is_overloaded', answer(503, error({ code: 'server_is_overloaded' }), { 'retry-after': '2' }), 'overloaded', 2000],
  ['503 slow_down', answer(503, error({ code: 'slow_down' })), 'overloaded'],
  ...[408, 500, 502, 504, 520, 529].map((status): Row => [String(status), answer(status, error({})), 'overloaded']),
  ...[400, 404, 405, 409, 413, 415, 422, 501].map((status): Row => [String(status), answer(status, error({})), 'request-bad']),
  ['error in 200: rate limit', answer(200, error({ code: 'rate_limit_exceeded' })), 'rate-short'],
  ['error in 200: key', answer(200, error({ code: 'invalid_api_key' })), 'key-invalid'],
  ['error in 200: unknown', answer(200, error({ type: 'server_error' })), 'overloaded'],
  ['error in 200: request', answer(200, error({})), 'request-bad'],
]

const generic: Row[] = [
  ...shared,
  ['402', answer(402, error({})), 'no-credit'],
  ['403 that names the key', answer(403, error({ message: 'This API key is disabled' })), 'key-invalid'],
  ['403 team blocked (xAI)', answer(403, error({ message: 'Your team is blocked' })), 'key-invalid'],
  [
    '403 without credits (xAI)',
    answer(403, error({ message: 'Your team has used all available credits. Please purchase more credits.' })),
    'no-credit',
  ],
  [
    '429 without credits (xAI)',
    answer(429, error({ message: 'You have used all available credits or reached the monthly spending limit' })),
    'no-credit',
  ],
  ['403 moderation (OpenRouter)', answer(403, error({ code: 403, message: 'Your input was flagged' })), 'request-bad'],
  [
    '400 incorrect key (xAI)',
    answer(400, { code: 'Client specified an invalid argument', error: 'Incorrect API key provided: xa***23.' }),
    'key-invalid',
  ],
  ['498 capacity (Groq)', answer(498, error({ code: 'capacity_exceeded' })), 'overloaded'],
  ['429 month (Cohere)', answer(429, { message: 'You are limited to 1000 API calls / month', id: '1' }), 'rate-daily'],
  ['402 credits (OpenRouter)', answer(402, error({ code: 402, metadata: { limit_source: 'openrouter_credits' } })), 'no-credit'],
  [
    '402 in flight (OpenRouter)',
    answer(402, error({ code: 402, metadata: { reason: 'in_flight_budget_exhausted' } }), { 'retry-after': '3' }),
    'rate-short',
    3000,
  ],
  ['402 too big (OpenRouter)', answer(402, error({ code: 402, metadata: { reason: 'weight_exceeds_budget' } })), 'request-bad'],
  ['error in 200 by status (OpenRouter)', answer(200, { error: { code: 502, message: 'Provider down' } }), 'overloaded'],
  ['error in 200: 429 (OpenRouter)', answer(200, { error: { code: 429, message: 'Slow' } }), 'rate-short'],
  [
    '429 retry-after-ms (Azure)',
    answer(429, error({ code: '429' }), { 'retry-after-ms': '1500', 'retry-after': '2' }),
    'rate-short',
    1500,
  ],
  [
    '429 seconds (Azure)',
    answer(429, error({}), { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '42' }),
    'rate-short',
    42_000,
  ],
  ['401 (Azure gateway)', answer(401, { error: { code: '401', message: 'Access denied' } }), 'key-invalid'],
  ['401 (Mistral)', answer(401, { object: 'error', message: 'Unauthorized', type: 'auth', code: 1 }), 'key-invalid'],
]

const customRows: Row[] = [
  ['401', answer(401, undefined), 'key-invalid'],
  ['429', answer(429, undefined, { 'retry-after': '5' }), 'rate-short', 5000],
  ['402', answer(402, undefined), 'no-credit'],
  ['400', answer(400, undefined), 'request-bad'],
  ['503', answer(503, undefined), 'overloaded'],
  ['a JSON-RPC error with 200', answer(200, { jsonrpc: '2.0', error: { code: -32_601, message: 'no such method' } }), 'ok'],
]

describe.each([
  ['openai', shared],
  ['demo', shared],
  ['openai-compatible', generic],
  ['custom', customRows],
] as const)('%s', (id, rows) => {
  it.each(rows)('%s', (_, upstream, kind, holdMs) => {
    const outcome = providers[id].classify(upstream, noon)
    expect([outcome.class, outcome.holdMs]).toEqual([kind, holdMs])
  })
})

it('reads no more of a message than people would', () => {
  const message = `${'account '.repeat(250_000)}blocked`
  const outcome = providers['openai-compatible'].classify(answer(403, error({ message })), noon)
  expect([outcome.class, outcome.message?.length]).toEqual(['request-bad', 300])
})

const messageOf = (message: string) => providers.openai.classify(answer(401, error({ message })), noon).message

describe('the words of an upstream', () => {
  it.each([
    'Incorrect API key provided: sk-proj-abcdefghijklmnop1234. You can find it',
    'Incorrect API key provided: sk-abc***********************wxyz. You can find it',
    'Bearer abcd1234efgh was refused',
    'The key AIzaSyA1234567890abcdefghij is not valid',
    'token 9f8e7d6c5b4a39281706f5e4d3c2b1a0 unknown',
    'token 9f8e7d6c-5b4a-3928-1706-f5e4d3c2b1a0 unknown',
  ])('are shown without a key: %s', (message) => {
    const said = messageOf(message) ?? ''
    for (const part of ['1234', 'wxyz', 'abcd', '9f8e', 'b1a0']) expect(said).not.toContain(part)
  })

  it('keep the names of models', () => {
    expect(messageOf('model: claude-sonnet-4-5-20250929')).toBe('model: claude-sonnet-4-5-20250929')
  })

  it('are one line of at most 300 characters', () => {
    expect(messageOf('first\r\n\tsecond\u0000\u202E third')).toBe('first second third')
    expect(messageOf('word '.repeat(500))).toHaveLength(300)
    expect(messageOf('')).toBeUndefined()
  })
})
