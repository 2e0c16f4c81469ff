/** The rows of the provider table for the APIs that imitate OpenAI's, and Cohere's. OpenAI's own rules are in openai-outcome. */
import { describe, expect, it } from 'vitest'
import { providers, type UpstreamAnswer } from '../../src-main/providers/index.ts'
import type { ProviderId } from '../../src-preload/contract/index.ts'
import { answer, openaiError as error, noon } from './answers.ts'

type Row = [name: string, answer: UpstreamAnswer, outcome: string, holdMs?: number]

const hour = 3_600_000
const untilMonthEnd = 17 * 24 * hour - 12 * hour

const all = (statuses: readonly number[], kind: string): Row[] =>
  statuses.map((status) => [String(status), answer(status, error({})), kind])

const azure: Row[] = [
  ['401 of the gateway', answer(401, { error: { code: '401', message: 'Access denied due to invalid key.' } }), 'key-invalid'],
  [
    '403 network',
    answer(403, { error: { code: '403', message: 'Access denied due to Virtual Network/Firewall rules.' } }),
    'key-invalid',
  ],
  ['403 blocked', answer(403, { error: { code: '403', message: 'The resource is temporarily blocked.' } }), 'key-invalid'],
  ['403 subscription', answer(403, { error: { code: '403', message: 'The subscription is disabled.' } }), 'no-credit'],
  [
    '429 tokens per minute',
    answer(429, { error: { code: '429', message: 'Requests … have exceeded token rate limit. Please retry after 7 seconds.' } }),
    'rate-short',
    7000,
  ],
  ['429 retry-after-ms', answer(429, error({}), { 'retry-after-ms': '1500', 'retry-after': '2' }), 'rate-short', 1500],
  [
    '429 seconds',
    answer(429, error({}), { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '42' }),
    'rate-short',
    42_000,
  ],
  [
    '429 adjustment',
    answer(429, error({ message: 'Temporary rate limit adjustment.' }), { 'retry-after': '30' }),
    'rate-short',
    30_000,
  ],
  [
    '429 demand',
    answer(429, error({ message: 'The system is currently experiencing high demand.' }), { 'retry-after': '3' }),
    'overloaded',
    3000,
  ],
  ...all([500, 503], 'overloaded'),
  ['400 content_filter', answer(400, error({ code: 'content_filter' })), 'request-bad'],
  ['404 DeploymentNotFound', answer(404, error({ code: 'DeploymentNotFound' })), 'request-bad'],
]

const routed = (status: number, message: string, metadata: object, headers = {}) =>
  answer(status, { error: { code: status, message, metadata }, user_id: 'user_1' }, headers)

const openrouter: Row[] = [
  ['401', routed(401, 'User not found.', { error_type: 'authentication' }), 'key-invalid'],
  ['403 permission', routed(403, 'no', { error_type: 'permission_denied' }), 'key-invalid'],
  ['403 guardrail', routed(403, 'no', { error_type: 'guardrail_blocked' }), 'request-bad'],
  ['403 moderation', routed(403, 'flagged', { reasons: ['violence'], flagged_input: '…' }), 'request-bad'],
  [
    '403 key limit',
    routed(403, 'Key limit exceeded (total limit). Manage it using https://openrouter.ai/settings/keys', {}),
    'no-credit',
  ],
  [
    '403 key limit of a month',
    routed(403, 'Key limit exceeded (monthly limit). Manage it using …', {}),
    'no-credit',
    untilMonthEnd,
  ],
  ['402 credits', routed(402, 'no', { limit_source: 'openrouter_credits' }), 'no-credit'],
  ['402 key limit', routed(402, 'no', { limit_source: 'openrouter_key_limit' }), 'no-credit'],
  [
    '402 key limit of a day',
    routed(402, 'no', { limit_source: 'openrouter_key_limit', limit_reset: 'daily' }),
    'no-credit',
    12 * hour,
  ],
  // The fifteenth is a Thursday; the week ends with Sunday.
  ['402 key limit of a week', routed(402, 'no', { limit_reset: 'weekly' }), 'no-credit', (12 + 3 * 24) * hour],
  ['402 key limit of a month', routed(402, 'no', { limit_reset: 'monthly' }), 'no-credit', untilMonthEnd],
  ['402 key limit until a moment', routed(402, 'no', { limit_reset: '2026-01-15T13:00:00Z' }), 'no-credit', hour],
  ['402 too big', routed(402, 'no', { reason: 'weight_exceeds_budget' }), 'request-bad'],
  ['402 in flight', routed(402, 'no', { reason: 'in_flight_budget_exhausted' }, { 'retry-after': '3' }), 'rate-short', 3000],
  [
    '429 own',
    routed(429, 'Rate limit exceeded: free-models-per-min.', {}, { 'x-ratelimit-reset': String(noon + 40_000) }),
    'rate-short',
    40_000,
  ],
  [
    '429 own of the day, in the body',
    routed(429, 'Rate limit exceeded: free-models-per-day.', { headers: { 'X-RateLimit-Reset': String(noon + 12 * hour) } }),
    'rate-daily',
    12 * hour,
  ],
  ['429 upstream', routed(429, 'Provider returned error', { provider_code: 429 }, { 'retry-after': '5' }), 'rate-short', 5000],
  ['502', routed(502, 'no', { error_type: 'provider_unavailable' }), 'overloaded'],
  ['503', routed(503, 'no', { error_type: 'provider_overloaded' }, { 'retry-after': '9' }), 'overloaded', 9000],
  ['408', routed(408, 'no', {}), 'overloaded'],
  ...all([400, 404, 412, 413, 422], 'request-bad'),
  ['error in 200', answer(200, { error: { code: 502, message: 'Provider down' } }), 'overloaded'],
  [
    'error in the choice',
    answer(200, { choices: [{ finish_reason: 'error', error: { code: 429, message: 'Slow' } }] }),
    'rate-short',
  ],
  ['error without words', answer(200, { choices: [{ finish_reason: 'error' }] }), 'overloaded'],
  ['check: unlimited', answer(200, { data: { limit: null, limit_remaining: null, limit_reset: null } }), 'ok'],
  ['check: some left', answer(200, { data: { limit: 5, limit_remaining: 0.1 } }), 'ok'],
  ['check: nothing left', answer(200, { data: { limit: 5, limit_remaining: 0, limit_reset: 'daily' } }), 'no-credit', 12 * hour],
]

const deepseek: Row[] = [
  ['401', answer(401, error({ message: 'Authentication Fails', type: 'authentication_error' })), 'key-invalid'],
  ['402', answer(402, error({ message: 'Insufficient Balance' })), 'no-credit'],
  ['429', answer(429, error({})), 'rate-short'],
  ...all([500, 503], 'overloaded'),
  ...all([400, 422], 'request-bad'),
  ['check: balance', answer(200, { is_available: true, balance_infos: [] }), 'ok'],
  ['check: no balance', answer(200, { is_available: false, balance_infos: [] }), 'no-credit'],
]

const flat = (status: number, type: string, headers = {}) =>
  answer(status, { object: 'error', message: 'no', type, param: null, code: '1' }, headers)

const mistral: Row[] = [
  ['401', flat(401, 'auth'), 'key-invalid'],
  ['402', flat(402, 'payment'), 'no-credit'],
  ['429', flat(429, 'rate_limited', { 'retry-after': '2' }), 'rate-short', 2000],
  ...[500, 502, 503, 504].map((status): Row => [String(status), flat(status, 'internal'), 'overloaded']),
  // 403 is a tier or model, and another answer to the same question is not to be had.
  ...[400, 403, 404, 422].map((status): Row => [String(status), flat(status, 'invalid'), 'request-bad']),
]

const spent = (per: string, hint: string) =>
  `Rate limit reached for model \`llama\` in organization \`org_01abc\` on ${per}: Limit 100, Used 99, Requested 5. Please try again in ${hint}.`

const groq: Row[] = [
  ['401', answer(401, error({ code: 'invalid_api_key' })), 'key-invalid'],
  ['403', answer(403, error({ message: 'Access denied.' })), 'key-invalid'],
  ['403 model', answer(403, error({ code: 'model_permission_blocked_project' })), 'model-unavailable'],
  ['400 organisation', answer(400, error({ code: 'organization_restricted' })), 'no-credit'],
  ['403 organisation', answer(403, error({ message: 'Your organization has been blocked.' })), 'no-credit'],
  ['429 minute', answer(429, error({ message: spent('tokens per minute (TPM)', '812ms') })), 'rate-short', 812],
  ['429 day', answer(429, error({ message: spent('tokens per day (TPD)', '4m50s') })), 'rate-daily', 290_000],
  ['429 retry-after', answer(429, error({}), { 'retry-after': '2' }), 'rate-short', 2000],
  ['498', answer(498, error({ code: 'capacity_exceeded' })), 'overloaded'],
  ...all([500, 502, 503], 'overloaded'),
  ...all([400, 404, 413, 422], 'request-bad'),
]

const xai: Row[] = [
  [
    '400 key',
    answer(400, { code: 'Client specified an invalid argument', error: 'Incorrect API key provided: xa***23.' }),
    'key-invalid',
  ],
  ['401', answer(401, { code: 'unauthenticated', error: 'Missing token' }), 'key-invalid'],
  ['403 blocked', answer(403, { code: 'permission_denied', error: 'Your team is blocked' }), 'key-invalid'],
  ['403 permission', answer(403, { code: 'permission_denied', error: 'You lack permission for this action' }), 'key-invalid'],
  ['403 content', answer(403, { code: 'permission_denied', error: 'Content violates usage guidelines.' }), 'request-bad'],
  ['403 credit', answer(403, { error: 'Your team has used all available credits.' }), 'no-credit'],
  [
    '429 spending limit',
    answer(429, { error: 'Your team 1 has either used all available credits or reached its monthly spending limit.' }),
    'no-credit',
  ],
  ['429 credit', answer(429, { error: 'You have used all available credits or reached your limit' }), 'no-credit'],
  ['429', answer(429, { error: 'Too many requests for team 1 and model grok' }), 'rate-short'],
  ...all([500, 503], 'overloaded'),
  ...all([400, 404, 415, 422], 'request-bad'),
  ['check: good', answer(200, { team_id: 't', api_key_blocked: false, api_key_disabled: false, team_blocked: false }), 'ok'],
  ...['api_key_blocked', 'api_key_disabled', 'team_blocked'].map(
    (name): Row => [`check: ${name}`, answer(200, { [name]: true }), 'key-invalid'],
  ),
]

const cohere: Row[] = [
  ['401', answer(401, { message: 'invalid api token', id: '1' }), 'key-invalid'],
  ['402', answer(402, { message: 'Billing limit reached' }), 'no-credit', untilMonthEnd],
  ['429', answer(429, { message: 'Please wait and try again later' }), 'rate-short'],
  ['429 hint', answer(429, { message: 'no' }, { 'retry-after': '4' }), 'rate-short', 4000],
  [
    '429 trial',
    answer(429, { message: 'You are using a Trial key, which is limited to 1000 API calls / month.' }),
    'rate-daily',
    untilMonthEnd,
  ],
  ['500', answer(500, { message: 'no' }), 'overloaded'],
  ['503', answer(503, { message: 'no' }), 'overloaded'],
  ['400 too many tokens', answer(400, { message: 'too many tokens: size limit exceeded' }), 'request-bad'],
  ...[404, 422, 499].map((status): Row => [String(status), answer(status, { message: 'no' }), 'request-bad']),
  ['broken answer', answer(200, { finish_reason: 'ERROR' }), 'overloaded'],
  ['check: valid', answer(200, { valid: true, organization_id: 'o', owner_id: 'u' }), 'ok'],
  ['check: not valid', answer(200, { valid: false }), 'key-invalid'],
]

const table = { 'azure-openai': azure, openrouter, deepseek, mistral, groq, xai, cohere } satisfies Partial<
  Record<ProviderId, Row[]>
>

describe.each(Object.entries(table) as [keyof typeof table, Row[]][])('%s', (id, rows) => {
  it.each(rows)('%s', (_, upstream, kind, holdMs) => {
    const outcome = providers[id].classify(upstream, noon)
    expect([outcome.class, outcome.holdMs]).toEqual([kind, holdMs])
  })
})

describe('a weekly limit', () => {
  it.each([
    ['a Sunday', Date.UTC(2026, 0, 18, 12), 12 * hour],
    ['a Monday', Date.UTC(2026, 0, 19, 12), (12 + 6 * 24) * hour],
  ])('on %s', (_, now, holdMs) => {
    expect(providers.openrouter.classify(routed(402, 'no', { limit_reset: 'weekly' }), now).holdMs).toBe(holdMs)
  })
})

describe('what a server says of the fields that it refuses', () => {
  const detail = [{ type: 'extra_forbidden', loc: ['body', 'messages', 0, 'name'], msg: 'Extra inputs are not permitted' }]
  it.each([
    ['Mistral, before', { object: 'error', message: { detail }, type: 'invalid_request_error', code: null }],
    ['Mistral', { object: 'Error', detail, message: detail, code: 3001 }],
    ['vLLM', { detail }],
  ])('%s', (_, body) => {
    expect(providers.mistral.classify({ status: 422, header: () => undefined, body }, 0)).toMatchObject({
      class: 'request-bad',
      message: 'messages.0.name: Extra inputs are not permitted',
    })
  })

  it('a text', () => {
    const refused = { status: 404, header: () => undefined, body: { detail: 'Not Found' } }
    expect(providers['openai-compatible'].classify(refused, 0).message).toBe('Not Found')
  })
})
