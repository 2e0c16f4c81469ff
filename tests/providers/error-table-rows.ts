/**
 * What each provider answers when it does not serve, with bodies as it documents or sends them, and what follows: the outcome, whom it
 * holds back, and for how long. It is 12:00:00 UTC on Thursday, 15 January 2026; 04:00 in California.
 */

import type { OutcomeClass } from '../../src-main/pool/types.ts'
import type { UpstreamAnswer } from '../../src-main/providers/index.ts'
import type { ProviderId } from '../../src-preload/contract/index.ts'
import { answer, noon } from './answers.ts'

/** Who is held back; a model's name is added where only that model is. */
export type Scope = 'key' | 'key × model' | 'account' | 'account × model' | 'upstream × model' | 'nobody'

/** `wait` in ms; Infinity = until a person or a check ends it, 0 = not at all. */
export type Row = [situation: string, answer: UpstreamAnswer, outcome: OutcomeClass, scope: Scope, wait: number]

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
/** 00:00 UTC on 1 February. */
const monthEnd = Date.UTC(2026, 1, 1) - noon
/** Midnight in California. */
const pacificMidnight = 20 * hour
/** Where nobody says how long: an account without credit, a short limit, a day's limit, a model, an overload (the breaker). */
const unsaid = { credit: hour, short: second, daily: hour, model: day, overload: 15 * second }
const ever = Number.POSITIVE_INFINITY

const dead = (situation: string, said: UpstreamAnswer): Row => [situation, said, 'key-invalid', 'key', ever]
const broke = (situation: string, said: UpstreamAnswer, wait = unsaid.credit): Row => [
  situation,
  said,
  'no-credit',
  'account',
  wait,
]
const short = (situation: string, said: UpstreamAnswer, wait = unsaid.short): Row => [
  situation,
  said,
  'rate-short',
  'account × model',
  wait,
]
const daily = (situation: string, said: UpstreamAnswer, wait = unsaid.daily): Row => [
  situation,
  said,
  'rate-daily',
  'account × model',
  wait,
]
const shut = (situation: string, said: UpstreamAnswer): Row => [situation, said, 'model-unavailable', 'key × model', unsaid.model]
const busy = (situation: string, said: UpstreamAnswer): Row => [
  situation,
  said,
  'overloaded',
  'upstream × model',
  unsaid.overload,
]
const yours = (situation: string, said: UpstreamAnswer): Row => [situation, said, 'request-bad', 'nobody', 0]

// ── OpenAI ───────────────────────────────────────────────────────────────────────────────────────────────────────────

type Headers = Record<string, string>
const oa = (status: number, message: string, type: string, code: string | null, headers?: Headers) =>
  answer(status, { error: { message, type, param: null, code } }, headers)

const reached = (what: string, hint: string) =>
  `Rate limit reached for gpt-4o in organization org-aBcDeFgH on ${what}. Please try again in ${hint}. Visit https://platform.openai.com/account/rate-limits to learn more.`
const overQuota =
  'You exceeded your current quota, please check your plan and billing details. For more information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.'

const openai: Row[] = [
  dead(
    '401 wrong key',
    oa(
      401,
      'Incorrect API key provided: sk-proj-********wxyz. You can find your API key at https://platform.openai.com/account/api-keys.',
      'invalid_request_error',
      'invalid_api_key',
    ),
  ),
  dead(
    '401 deactivated account',
    oa(
      401,
      'The OpenAI account associated with this API key has been deactivated.',
      'invalid_request_error',
      'account_deactivated',
    ),
  ),
  dead(
    '401 address not authorised',
    oa(401, 'Your IP is not authorized to access this resource.', 'invalid_request_error', 'ip_not_authorized'),
  ),
  dead(
    '401 not a member',
    oa(401, 'You must be a member of an organization to use the API.', 'invalid_request_error', 'no_such_organization'),
  ),
  dead(
    '403 country',
    oa(403, 'Country, region, or territory not supported', 'request_forbidden', 'unsupported_country_region_territory'),
  ),
  shut(
    '403 a model the project may not use',
    oa(403, 'Project `proj_1` does not have access to model `gpt-4o`', 'invalid_request_error', 'model_not_found'),
  ),
  broke('429 quota', oa(429, overQuota, 'insufficient_quota', 'insufficient_quota')),
  ...[
    'credit_balance_exhausted',
    'organization_spend_limit_exceeded',
    'project_spend_limit_exceeded',
    'organization_usage_limit_exceeded',
  ].map((code) => broke(`429 ${code}`, oa(429, overQuota, 'insufficient_quota', code))),
  broke('429 quota, whatever Retry-After says', oa(429, overQuota, 'insufficient_quota', null, { 'retry-after': '1' })),
  short(
    '429 requests per minute',
    oa(429, reached('requests per min (RPM): Limit 500, Used 500, Requested 1', '120ms'), 'requests', 'rate_limit_exceeded'),
    120,
  ),
  short(
    '429 tokens per minute, the header longer than the words',
    oa(429, reached('tokens per min (TPM): Limit 30000, Used 29000, Requested 1500', '1s'), 'tokens', 'rate_limit_exceeded', {
      'retry-after': '3',
    }),
    3 * second,
  ),
  short(
    '429 with empty windows only',
    oa(429, 'Rate limit reached.', 'tokens', 'rate_limit_exceeded', {
      'x-ratelimit-remaining-requests': '499',
      'x-ratelimit-reset-requests': '120ms',
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': '6m0s',
    }),
    6 * minute,
  ),
  daily(
    '429 requests per day',
    oa(429, reached('requests per day (RPD): Limit 200, Used 200, Requested 1', '7m12s'), 'requests', 'rate_limit_exceeded'),
    7 * minute + 12 * second,
  ),
  short('429 ramp too fast', oa(429, 'Slow down: your traffic grew too quickly.', 'rate_limit_error', 'slow_down')),
  busy(
    '503 overloaded',
    oa(503, 'The server is currently overloaded. Please try again later.', 'server_error', 'server_is_overloaded'),
  ),
  busy('503 slow down (older)', oa(503, 'Slow Down', 'server_error', 'slow_down')),
  ...[500, 502, 504].map((status) =>
    busy(`${status}`, oa(status, 'The server had an error while processing your request.', 'server_error', null)),
  ),
  yours('400', oa(400, "Missing required parameter: 'messages'.", 'invalid_request_error', 'missing_required_parameter')),
  yours(
    '404',
    oa(404, 'The model `gpt-9` does not exist or you do not have access to it.', 'invalid_request_error', 'model_not_found'),
  ),
  yours('413', oa(413, 'Request too large.', 'invalid_request_error', 'request_too_large')),
  yours('422', oa(422, 'Unprocessable.', 'invalid_request_error', null)),
]

// ── Anthropic ────────────────────────────────────────────────────────────────────────────────────────────────────────

const an = (status: number, type: string, message: string, headers?: Headers, details?: object) =>
  answer(
    status,
    { type: 'error', error: { type, message, ...(details ? { details } : {}) }, request_id: 'req_011CSHoEeqs5C35K2UUqR7Fy' },
    headers,
  )

const anthropic: Row[] = [
  dead('401', an(401, 'authentication_error', 'invalid x-api-key')),
  dead('403', an(403, 'permission_error', 'Your API key does not have permission to use the specified resource.')),
  broke('402', an(402, 'billing_error', 'There is an issue with your billing or payment information.')),
  broke(
    '400 usage limit with its end',
    an(
      400,
      'invalid_request_error',
      'You have reached your specified API usage limits. You will regain access on 2026-02-01 at 00:00 UTC.',
    ),
    monthEnd,
  ),
  broke(
    '400 workspace usage limit',
    an(
      400,
      'invalid_request_error',
      'You have reached your specified workspace API usage limits. You will regain access on 2026-01-16 at 00:00 UTC.',
    ),
    12 * hour,
  ),
  broke(
    '400 credit',
    an(
      400,
      'invalid_request_error',
      'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.',
    ),
  ),
  broke(
    '429 spend limit, until the first',
    an(429, 'rate_limit_error', 'You have reached your monthly spend limit.', {}, { error_code: 'enforced_spend_limit_reached' }),
    monthEnd,
  ),
  short(
    '429',
    an(429, 'rate_limit_error', "This request would exceed your organization's rate limit of 50 requests per minute.", {
      'retry-after': '13',
      'anthropic-ratelimit-requests-limit': '50',
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': '2026-01-15T12:00:13Z',
    }),
    13 * second,
  ),
  short(
    '429 input tokens, by their reset alone',
    an(429, 'rate_limit_error', "This request would exceed your organization's rate limit of 40,000 input tokens per minute.", {
      'anthropic-ratelimit-input-tokens-limit': '40000',
      'anthropic-ratelimit-input-tokens-remaining': '0',
      'anthropic-ratelimit-input-tokens-reset': '2026-01-15T12:00:41Z',
    }),
    41 * second,
  ),
  busy('529', an(529, 'overloaded_error', 'Overloaded')),
  busy('500', an(500, 'api_error', 'Internal server error')),
  busy('504', an(504, 'timeout_error', 'The request timed out.')),
  yours('400', an(400, 'invalid_request_error', 'max_tokens: Field required')),
  yours('404', an(404, 'not_found_error', 'model: claude-9')),
  yours('409', an(409, 'conflict_error', 'The resource is being changed.')),
  yours('413', an(413, 'request_too_large', 'Request exceeds the maximum size')),
]

// ── Gemini ───────────────────────────────────────────────────────────────────────────────────────────────────────────

const ge = (code: number, status: string, message: string, details: object[] = []) =>
  answer(code, { error: { code, message, status, details } })
const of = (name: string) => `type.googleapis.com/google.rpc.${name}`
const because = (reason: string) => ({
  '@type': of('ErrorInfo'),
  reason,
  domain: 'googleapis.com',
  metadata: { service: 'generativelanguage.googleapis.com' },
})
const retry = (retryDelay: string) => ({ '@type': of('RetryInfo'), retryDelay })
const quota = (quotaId: string, quotaValue?: string) => ({
  '@type': of('QuotaFailure'),
  violations: [
    {
      quotaMetric: 'generativelanguage.googleapis.com/generate_content_free_tier_requests',
      quotaId,
      quotaDimensions: { location: 'global', model: 'gemini-2.5-flash' },
      ...(quotaValue === undefined ? {} : { quotaValue }),
    },
  ],
})
const perMinute = 'GenerateRequestsPerMinutePerProjectPerModel-FreeTier'
const perDay = 'GenerateRequestsPerDayPerProjectPerModel-FreeTier'
const exceeded = 'You exceeded your current quota, please check your plan and billing details.'
const interactions = (status: number, code: string) => answer(status, { error: { code, message: 'The request was refused.' } })

const gemini: Row[] = [
  dead(
    '400 wrong key',
    ge(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [because('API_KEY_INVALID')]),
  ),
  dead(
    '400 expired key',
    ge(400, 'INVALID_ARGUMENT', 'API key expired. Please renew the API key.', [because('API_KEY_INVALID')]),
  ),
  dead(
    '403 suspended',
    ge(403, 'PERMISSION_DENIED', "Permission denied: Consumer 'api_key:AIza' has been suspended.", [
      because('CONSUMER_SUSPENDED'),
    ]),
  ),
  dead('403 leaked', ge(403, 'PERMISSION_DENIED', 'Your API key was reported as leaked. Please use another API key.')),
  dead('401 (Interactions)', interactions(401, 'authentication')),
  broke('402', ge(402, 'RESOURCE_EXHAUSTED', 'Your prepaid credit is used up.')),
  broke('402 (Interactions)', interactions(402, 'payment_required')),
  broke(
    '400 billing or region',
    ge(400, 'FAILED_PRECONDITION', 'User location is not supported for the API use without a billing account linked.'),
  ),
  short('429 per minute', ge(429, 'RESOURCE_EXHAUSTED', exceeded, [quota(perMinute, '10'), retry('46s')]), 46 * second),
  daily(
    '429 per day, as RetryInfo says',
    ge(429, 'RESOURCE_EXHAUSTED', `${exceeded} Please retry in 10h17m5.72s.`, [quota(perDay, '250'), retry('37025s')]),
    37_025_720,
  ),
  daily('429 per day, nothing said', ge(429, 'RESOURCE_EXHAUSTED', exceeded, [quota(perDay, '250')]), pacificMidnight),
  shut(
    '429 limit: 0',
    ge(
      429,
      'RESOURCE_EXHAUSTED',
      `${exceeded}\n* Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_requests, limit: 0, model: gemini-3-pro\nPlease retry in 4.2s.`,
      [quota(perDay), quota(perMinute), retry('4s')],
    ),
  ),
  short('429 (Interactions)', interactions(429, 'rate_limit_exceeded')),
  daily('429 quota (Interactions)', interactions(429, 'quota_exceeded'), pacificMidnight),
  busy('503', ge(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.')),
  busy('500', ge(500, 'INTERNAL', 'An internal error has occurred. Please retry.')),
  busy('504', ge(504, 'DEADLINE_EXCEEDED', 'The deadline expired before the operation could complete.')),
  yours('400', ge(400, 'INVALID_ARGUMENT', 'Invalid JSON payload received. Unknown name "x": Cannot find field.')),
  yours('404', ge(404, 'NOT_FOUND', 'models/gemini-9 is not found for API version v1beta.')),
]

// ── Azure OpenAI ─────────────────────────────────────────────────────────────────────────────────────────────────────

const az = (status: number, code: string, message: string, headers?: Headers) =>
  answer(status, { error: { code, message } }, headers)

const azure: Row[] = [
  dead(
    '401 of the gateway',
    az(
      401,
      '401',
      'Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription.',
    ),
  ),
  dead('403 network', az(403, '403', 'Access denied due to Virtual Network/Firewall rules.')),
  dead('403 blocked', az(403, '403', 'The resource has been temporarily blocked because of behaviour that violates the policy.')),
  broke('403 subscription', az(403, 'SubscriptionDisabled', 'The subscription is disabled.')),
  short(
    '429 tokens per minute, in milliseconds',
    az(
      429,
      '429',
      'Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-10-21 have exceeded token rate limit of your current OpenAI S0 pricing tier. Please retry after 2 seconds.',
      { 'retry-after-ms': '1750', 'retry-after': '2' },
    ),
    2 * second,
  ),
  short(
    '429 with its reset in seconds',
    az(429, '429', 'Rate limit is exceeded.', { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '42' }),
    42 * second,
  ),
  short('429 adjustment', az(429, '429', 'Temporary rate limit adjustment.', { 'retry-after': '30' }), 30 * second),
  busy(
    '429 high demand',
    az(429, '429', 'The system is currently experiencing high demand and cannot process your request.', { 'retry-after': '3' }),
  ),
  busy('503', az(503, 'ServiceUnavailable', 'The service is temporarily unable to process your request.')),
  busy('500', az(500, 'InternalServerError', 'Backend returned unexpected response.')),
  yours(
    '400 content filter',
    answer(400, {
      error: {
        message: "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
        type: null,
        param: 'prompt',
        code: 'content_filter',
        status: 400,
        innererror: { code: 'ResponsibleAIPolicyViolation' },
      },
    }),
  ),
  yours('404 deployment', az(404, 'DeploymentNotFound', 'The API deployment for this resource does not exist.')),
]

// ── OpenRouter ───────────────────────────────────────────────────────────────────────────────────────────────────────

const or = (code: number, message: string, metadata: object = {}, headers?: Headers) =>
  answer(code, { error: { code, message, metadata }, user_id: 'user_2x' }, headers)
const ofKey = { error_type: 'payment_required', limit_source: 'openrouter_key_limit' }

const openrouter: Row[] = [
  dead('401', or(401, 'User not found.', { error_type: 'authentication' })),
  dead('403 permission', or(403, 'This key may not do that.', { error_type: 'permission_denied' })),
  yours('403 guardrail', or(403, 'Blocked by a guardrail.', { error_type: 'guardrail_blocked' })),
  yours(
    '403 moderation',
    or(403, 'Your input was flagged', { reasons: ['violence'], flagged_input: '…', provider_name: 'OpenAI' }),
  ),
  broke('402 credits', or(402, 'Insufficient credits.', { error_type: 'payment_required', limit_source: 'openrouter_credits' })),
  broke('402 key limit of a day', or(402, 'Key limit exceeded.', { ...ofKey, limit_reset: 'daily' }), 12 * hour),
  broke('402 key limit of a month', or(402, 'Key limit exceeded.', { ...ofKey, limit_reset: 'monthly' }), monthEnd),
  yours('402 this request is too large', or(402, 'This request needs more credits.', { reason: 'weight_exceeds_budget' })),
  short(
    '402 in flight',
    or(402, 'Too much under way.', { reason: 'in_flight_budget_exhausted' }, { 'retry-after': '3' }),
    3 * second,
  ),
  short(
    '429 its own',
    or(
      429,
      'Rate limit exceeded: free-models-per-min. ',
      {},
      {
        'x-ratelimit-limit': '20',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(noon + 40 * second),
      },
    ),
    40 * second,
  ),
  daily(
    '429 its own, of the day',
    or(429, 'Rate limit exceeded: free-models-per-day. Add 10 credits to unlock 1000 free model requests per day', {
      headers: { 'X-RateLimit-Limit': '50', 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': String(noon + 12 * hour) },
    }),
    12 * hour,
  ),
  short(
    '429 upstream',
    or(429, 'Provider returned error', { provider_code: 'rate_limit_exceeded' }, { 'retry-after': '5' }),
    5 * second,
  ),
  daily(
    '429 upstream, of the day, in its words',
    or(429, 'Rate limit reached on requests per day (RPD). Please try again in 7h12m0s.', {
      provider_code: 'rate_limit_exceeded',
    }),
    7.2 * hour,
  ),
  busy('502', or(502, 'Provider returned error', { error_type: 'provider_unavailable' })),
  busy('503', or(503, 'No instances available', { error_type: 'provider_overloaded' })),
  busy('408', or(408, 'The request timed out.', { error_type: 'timeout' })),
  busy('502 inside 200', answer(200, { error: { code: 502, message: 'Provider disconnected', metadata: {} } })),
  busy(
    'an error in the choice, inside 200',
    answer(200, {
      id: 'gen-1',
      choices: [{ index: 0, finish_reason: 'error', error: { code: 502, message: 'Provider disconnected' } }],
    }),
  ),
  ...[400, 404, 412, 413, 422].map((status) => yours(`${status}`, or(status, 'Not valid.', { error_type: 'invalid_request' }))),
]

// ── The others ───────────────────────────────────────────────────────────────────────────────────────────────────────

const deepseek: Row[] = [
  dead(
    '401',
    oa(401, 'Authentication Fails, Your api key: ****wxyz is invalid', 'authentication_error', 'invalid_request_error'),
  ),
  broke('402', oa(402, 'Insufficient Balance', 'unknown_error', 'invalid_request_error')),
  short('429', oa(429, 'Rate limit reached: you are sending requests too quickly.', 'rate_limit_error', null)),
  busy('503', oa(503, 'Service is too busy.', 'service_unavailable_error', null)),
  busy('500', oa(500, 'Server error.', 'server_error', null)),
  yours('400', oa(400, 'Invalid request body format.', 'invalid_request_error', 'invalid_request_error')),
  yours('422', oa(422, 'Invalid parameters.', 'invalid_request_error', null)),
]

const mi = (status: number, type: string, message: string, headers?: Headers) =>
  answer(status, { object: 'error', message, type, param: null, code: String(status) }, headers)

const mistral: Row[] = [
  dead('401', answer(401, { detail: 'Unauthorized' })),
  broke('402', mi(402, 'payment_required', 'Your subscription is not active.')),
  short('429', mi(429, 'rate_limited', 'Requests rate limit exceeded')),
  short('429 with a hint', mi(429, 'rate_limited', 'Requests rate limit exceeded', { 'retry-after': '2' }), 2 * second),
  ...[500, 502, 503, 504].map((status) => busy(`${status}`, mi(status, 'internal_server_error', 'Service unavailable.'))),
  yours('400', mi(400, 'invalid_request_error', 'Invalid model: mistral-9')),
  yours('403 tier or model', mi(403, 'tier_access_denied', 'Your tier does not include this model.')),
  yours('404', mi(404, 'not_found', 'No such agent.')),
  yours('422', answer(422, { detail: [{ type: 'missing', loc: ['body', 'messages'], msg: 'Field required' }] })),
]

const onGroq = (what: string, hint: string) =>
  `Rate limit reached for model \`llama-3.3-70b-versatile\` in organization \`org_01abc\` service tier \`on_demand\` on ${what}. Please try again in ${hint}. Need more tokens? Upgrade to Dev Tier today at https://console.groq.com/settings/billing`

const groq: Row[] = [
  dead('401', oa(401, 'Invalid API Key', 'invalid_request_error', 'invalid_api_key')),
  dead('403', oa(403, 'Access denied. Please check your network settings.', 'access_denied', null)),
  broke(
    '400 organisation blocked',
    oa(400, 'Organization has been restricted.', 'invalid_request_error', 'organization_restricted'),
  ),
  broke('403 organisation blocked', oa(403, 'Your organization has been blocked.', 'access_denied', 'blocked_api_access')),
  short(
    '429 tokens per minute',
    oa(429, onGroq('tokens per minute (TPM): Limit 12000, Used 11800, Requested 900', '3.5s'), 'tokens', 'rate_limit_exceeded', {
      'retry-after': '4',
    }),
    4 * second,
  ),
  daily(
    '429 tokens per day',
    oa(
      429,
      onGroq('tokens per day (TPD): Limit 100000, Used 99336, Requested 900', '3m23.904s'),
      'tokens',
      'rate_limit_exceeded',
      {
        'retry-after': '204',
      },
    ),
    204 * second,
  ),
  daily(
    '429 requests per day',
    oa(429, onGroq('requests per day (RPD): Limit 1000, Used 1000, Requested 1', '1m26.4s'), 'requests', 'rate_limit_exceeded'),
    86_400,
  ),
  busy('498', oa(498, 'Flex tier capacity exceeded.', 'capacity', 'capacity_exceeded')),
  busy('503', oa(503, 'Service unavailable.', 'internal_server_error', null)),
  ...[400, 404, 413, 422].map((status) => yours(`${status}`, oa(status, 'Not valid.', 'invalid_request_error', null))),
]

const xa = (status: number, code: string, error: string) => answer(status, { code, error })

const xai: Row[] = [
  dead(
    '400 wrong key',
    xa(
      400,
      'Client specified an invalid argument',
      'Incorrect API key provided: xa***23. You can obtain an API key from https://console.x.ai.',
    ),
  ),
  dead('401', xa(401, 'Unauthenticated', 'No authorization header or an invalid authorization token was provided.')),
  dead('403 blocked', xa(403, 'The caller does not have permission', 'Your API key is blocked.')),
  broke(
    '403 no credits',
    xa(
      403,
      'The caller does not have permission',
      'Your team has used all available credits or reached its monthly spending limit.',
    ),
  ),
  broke('429 no credits', xa(429, 'Some resource has been exhausted', 'Your team has used all available credits.')),
  short('429', xa(429, 'Some resource has been exhausted', 'Too many requests for team 1 and model grok-4.')),
  busy('503', xa(503, 'The service is currently unavailable', 'Service temporarily unavailable.')),
  ...[400, 404, 415, 422].map((status) => yours(`${status}`, xa(status, 'Client specified an invalid argument', 'Not valid.'))),
]

const co = (status: number, message: string, headers?: Headers) => answer(status, { id: '7f0c', message }, headers)

const cohere: Row[] = [
  dead('401', co(401, 'invalid api token')),
  dead('401 expired', co(401, 'Your API key has expired.')),
  broke('402 billing cap', co(402, 'Please add or update your payment method at https://dashboard.cohere.com/billing'), monthEnd),
  short('429', co(429, 'Please wait and try again later')),
  daily(
    '429 the calls of a trial key',
    co(
      429,
      "You are using a Trial key, which is limited to 1000 API calls / month. You can continue to use the Trial key for free or upgrade to a Production key with higher rate limits at 'https://dashboard.cohere.com/api-keys'.",
    ),
    monthEnd,
  ),
  busy('500', co(500, 'internal server error')),
  busy('503', co(503, 'service unavailable')),
  yours('400 too many tokens', co(400, 'too many tokens: total number of tokens in the prompt cannot exceed 128000')),
  yours('404', co(404, "model 'command-9' not found")),
  yours('422', co(422, 'invalid type')),
  yours('499', co(499, 'request cancelled')),
]

export const errorTable = {
  openai,
  anthropic,
  gemini,
  'azure-openai': azure,
  openrouter,
  deepseek,
  mistral,
  groq,
  xai,
  cohere,
} satisfies Partial<Record<ProviderId, Row[]>>
