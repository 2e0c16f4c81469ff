/** Limits as every provider announces them. */

import { describe, expect, it } from 'vitest'
import type { LimitReading, Window } from '../../src-main/pool/types.ts'
import { findProvider, providers, type UpstreamAnswer } from '../../src-main/providers/index.ts'
import type { ProviderId } from '../../src-preload/contract/index.ts'
import * as fc from '../support/fast-check.ts'
import { answer, geminiError, noon, openaiError } from './answers.ts'

const minute = { slideMs: 60_000 }
const day = { slideMs: 86_400_000 }
const pacific: Window = { calendar: 'day', zone: 'America/Los_Angeles' }

type Short = [unit: string, window: Window, limit: number | null, remaining: number | null, resetMs: number | null]
const short = ({ unit, window, limit, remaining, resetMs }: LimitReading): Short => [unit, window, limit, remaining, resetMs]

const read = (id: ProviderId, upstream: UpstreamAnswer) => providers[id].readings(upstream, noon)

/** Six headers of OpenAI's names; '' = absent. */
function named(requests: [string, string, string], tokens: [string, string, string]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [kind, values] of Object.entries({ requests, tokens })) {
    for (const [index, part] of ['limit', 'remaining', 'reset'].entries()) {
      const value = values[index] ?? ''
      if (value !== '') headers[`x-ratelimit-${part}-${kind}`] = value
    }
  }
  return headers
}
const none: [string, string, string] = ['', '', '']

const violation = (quotaId: string, quotaValue?: string) => ({
  '@type': 'type.googleapis.com/google.rpc.QuotaFailure',
  violations: [{ quotaMetric: 'm', quotaId, ...(quotaValue === undefined ? {} : { quotaValue }) }],
})
const retry = (retryDelay: string) => ({ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay })
const exhausted = (details: object[], message = 'no') => answer(429, geminiError(429, 'RESOURCE_EXHAUSTED', message, details))

const anthropicHeaders = (kind: string, limit: number, remaining: number) => ({
  [`anthropic-ratelimit-${kind}-limit`]: String(limit),
  [`anthropic-ratelimit-${kind}-remaining`]: String(remaining),
  [`anthropic-ratelimit-${kind}-reset`]: '2026-01-15T12:00:30Z',
})

const groqWords = (per: string) =>
  `Rate limit reached for model \`m\` in organization \`org_01\` on ${per}: Limit 100000, Used 99336, Requested 1000. Please try again in 4m50s.`

it.each<[name: string, id: ProviderId, upstream: UpstreamAnswer, readings: Short[]]>([
  [
    'minutes',
    'openai',
    answer(200, undefined, named(['60', '59', '1s'], ['150000', '149984', '6ms'])),
    [
      ['requests', minute, 60, 59, 1000],
      ['total', minute, 150_000, 149_984, 6],
    ],
  ],
  [
    'requests of a day, seen by their refill',
    'openai',
    answer(200, undefined, named(['10000', '9999', '8.64s'], none)),
    [['requests', day, 10_000, 9999, 8640]],
  ],
  [
    'requests of a day on the free tier',
    'openai',
    answer(200, undefined, named(['200', '198', '14m24s'], none)),
    [['requests', day, 200, 198, 864_000]],
  ],
  [
    'many requests a minute',
    'openai',
    answer(200, undefined, named(['10000', '9999', '6ms'], none)),
    [['requests', minute, 10_000, 9999, 6]],
  ],
  ['nothing used yet', 'openai', answer(200, undefined, named(['500', '500', '0s'], none)), [['requests', minute, 500, 500, 0]]],
  [
    'the words of a refusal beside the headers',
    'openai',
    answer(
      429,
      openaiError({ message: 'Rate limit reached for gpt-4o on requests per day (RPD): Limit 200, Used 200, Requested 1.' }),
      named(none, ['1000', '900', '1s']),
    ),
    [
      ['total', minute, 1000, 900, 1000],
      ['requests', day, 200, 0, null],
    ],
  ],
  [
    'words without a use',
    'openai',
    answer(
      429,
      openaiError({ message: 'Rate limit reached on requests per min (RPM): Limit: 3 / min. Please try again in 20s.' }),
    ),
    [['requests', minute, 3, 0, null]],
  ],
  ['words in a good answer', 'openai', answer(200, openaiError({ message: 'x (RPM): Limit 3, Used 3' })), []],
  [
    'requests of a day',
    'groq',
    answer(200, undefined, named(['14400', '14370', '2m59.56s'], ['18000', '17997', '7.66s'])),
    [
      ['requests', day, 14_400, 14_370, 179_560],
      ['total', minute, 18_000, 17_997, 7660],
    ],
  ],
  [
    'tokens of a day',
    'groq',
    answer(429, openaiError({ message: groqWords('tokens per day (TPD)') })),
    [['total', day, 100_000, 664, null]],
  ],
  [
    'input tokens',
    'groq',
    answer(429, openaiError({ message: groqWords('input tokens per minute (ITPM)') })),
    [['input', minute, 100_000, 664, null]],
  ],
  [
    'all four',
    'anthropic',
    answer(200, undefined, {
      ...anthropicHeaders('requests', 50, 49),
      ...anthropicHeaders('tokens', 60_000, 59_000),
      ...anthropicHeaders('input-tokens', 50_000, 49_000),
      ...anthropicHeaders('output-tokens', 10_000, 10_000),
    }),
    [
      ['requests', minute, 50, 49, 30_000],
      ['input', minute, 50_000, 49_000, 30_000],
      ['output', minute, 10_000, 10_000, 30_000],
      ['total', minute, 60_000, 59_000, 30_000],
    ],
  ],
  [
    'without a limit of requests',
    'azure-openai',
    answer(200, undefined, named(['', '99', ''], ['100000', '99000', '42'])),
    [
      ['requests', minute, null, 99, null],
      ['total', minute, 100_000, 99_000, 42_000],
    ],
  ],
  ['unknown', 'azure-openai', answer(200, undefined, named(['-1', '-1', '0'], ['-1', '0', '0'])), []],
  ['a limit of 0 is unknown, too', 'azure-openai', answer(429, undefined, named(['0', '0', '0'], none)), []],
  [
    'minutes without a reset',
    'mistral',
    answer(200, undefined, {
      'x-ratelimit-limit-req-minute': '60',
      'x-ratelimit-remaining-req-minute': '59',
      'x-ratelimit-limit-tokens-minute': '500000',
      'x-ratelimit-remaining-tokens-minute': '499000',
      'x-ratelimit-tokens-query-cost': '1000',
    }),
    [
      ['requests', minute, 60, 59, null],
      ['total', minute, 500_000, 499_000, null],
    ],
  ],
  [
    'its own refusal',
    'openrouter',
    answer(
      429,
      { error: { code: 429, message: 'Rate limit exceeded: free-models-per-min.' } },
      {
        'x-ratelimit-limit': '20',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(noon + 30_000),
      },
    ),
    [['requests', minute, 20, 0, 30_000]],
  ],
  [
    'a day in the body',
    'openrouter',
    answer(429, {
      error: {
        code: 429,
        message: 'Rate limit exceeded: free-models-per-day.',
        metadata: {
          headers: { 'X-RateLimit-Limit': '50', 'X-RateLimit-Remaining': '0', 'X-RateLimit-Reset': String(noon + 43_200_000) },
        },
      },
    }),
    [['requests', { calendar: 'day', zone: 'UTC' }, 50, 0, 43_200_000]],
  ],
  [
    'the refusal of a provider behind it',
    'openrouter',
    answer(429, { error: { code: 429, message: 'Provider returned error' } }),
    [],
  ],
  [
    'a minute',
    'gemini',
    exhausted([violation('GenerateRequestsPerMinutePerProjectPerModel-FreeTier', '15'), retry('46s')]),
    [['requests', minute, 15, 0, 46_000]],
  ],
  [
    'input tokens',
    'gemini',
    exhausted([violation('GenerateContentInputTokensPerModelPerMinute-FreeTier', '250000')]),
    [['input', minute, 250_000, 0, null]],
  ],
  [
    'a day with the delay of a minute',
    'gemini',
    exhausted([violation('GenerateRequestsPerDayPerProjectPerModel-FreeTier', '500'), retry('7s')]),
    [['requests', pacific, 500, 0, null]],
  ],
  [
    'a day with a delay of hours',
    'gemini',
    exhausted([violation('GenerateRequestsPerDayPerProjectPerModel-FreeTier', '500'), retry('36000s')]),
    [['requests', pacific, 500, 0, 36_000_000]],
  ],
  [
    'a limit of 0',
    'gemini',
    exhausted([violation('GenerateRequestsPerDayPerProjectPerModel-FreeTier', '0')]),
    [['requests', pacific, 0, 0, null]],
  ],
  [
    'a limit of 0 that only the words name',
    'gemini',
    exhausted(
      [violation('GenerateRequestsPerDayPerProjectPerModel-FreeTier')],
      '* Quota exceeded for metric: x, limit: 0, model: y',
    ),
    [['requests', pacific, 0, 0, null]],
  ],
  ['a window of its own', 'gemini', exhausted([violation('SpendPerTenMinutes', '5')]), []],
  ['a good answer', 'gemini', answer(200, { candidates: [] }), []],
  [
    'the usual names',
    'openai-compatible',
    answer(200, undefined, named(['60', '59', '30s'], none)),
    [['requests', minute, 60, 59, 30_000]],
  ],
  [
    'a long reset',
    'openai-compatible',
    answer(200, undefined, named(['60', '59', '2h'], none)),
    [['requests', day, 60, 59, 7_200_000]],
  ],
  ['the usual names', 'xai', answer(200, undefined, named(['60', '59', ''], none)), [['requests', minute, 60, 59, null]]],
  ['no headers', 'deepseek', answer(200, undefined), []],
  ['no headers', 'cohere', answer(200, undefined), []],
  [
    'the structured field',
    'custom',
    answer(200, undefined, { ratelimit: '"default";r=50;t=30', 'ratelimit-policy': '"default";q=100;w=60' }),
    [['requests', minute, 100, 50, 30_000]],
  ],
  [
    'the structured field without a policy',
    'custom',
    answer(200, undefined, { ratelimit: 'limit=100, remaining=50, reset=600' }),
    [['requests', { slideMs: 3_600_000 }, 100, 50, 600_000]],
  ],
  [
    'the older drafts',
    'custom',
    answer(200, undefined, { 'ratelimit-limit': '10, 10;w=1', 'ratelimit-remaining': '9', 'ratelimit-reset': '1' }),
    [['requests', { slideMs: 1000 }, 10, 9, 1000]],
  ],
  [
    'the names of GitHub',
    'custom',
    answer(200, undefined, {
      'x-ratelimit-limit': '5000',
      'x-ratelimit-remaining': '4999',
      'x-ratelimit-reset': String(noon / 1000 + 3000),
    }),
    [['requests', { slideMs: 3_600_000 }, 5000, 4999, 3_000_000]],
  ],
  ['neither window nor reset', 'custom', answer(200, undefined, { 'x-ratelimit-limit': '10', 'x-ratelimit-remaining': '9' }), []],
])('%s (%s)', (_, id, upstream, readings) => {
  expect(read(id, upstream).map(short)).toEqual(readings)
})

describe('a limit', () => {
  it('of 0 is no limit of a call that succeeded, and one of a call that was refused', () => {
    const headers = named(['0', '0', '1s'], none)
    expect(read('openai', answer(200, undefined, headers))).toEqual([])
    expect(read('openai', answer(429, undefined, headers)).map(short)).toEqual([['requests', minute, 0, 0, 1000]])
  })

  it.each(['-1', '', 'many', '1e9', 'Infinity', '9'.repeat(16), '0x10'])('of %j is unknown', (limit) => {
    expect(
      read('openai', answer(200, undefined, { 'x-ratelimit-limit-tokens': limit, 'x-ratelimit-remaining-tokens': '5' })),
    ).toEqual([])
  })

  it('may have fractions, which are cut off', () => {
    const headers = named(none, ['1000', '999.7', '1s'])
    expect(read('openai', answer(200, undefined, headers)).map(short)).toEqual([['total', minute, 1000, 999, 1000]])
  })

  it('has a reset of a year at most', () => {
    expect(read('openai', answer(200, undefined, named(['5', '4', '900000h'], none)))[0]?.resetMs).toBeNull()
  })

  it('flows back evenly where a provider says so', () => {
    const headers = named(['60', '59', '1s'], none)
    const refills = (['openai', 'groq', 'azure-openai', 'openai-compatible', 'demo'] as const).map(
      (id) => read(id, answer(200, undefined, headers))[0]?.refills,
    )
    expect(refills).toEqual([true, true, false, false, false])
  })

  it('is the whole account’s where no model has its own', () => {
    const mistral = answer(200, undefined, { 'x-ratelimit-limit-req-minute': '60' })
    const perProject = exhausted([violation('RequestsPerMinutePerProject', '15')])
    const perModel = exhausted([violation('GenerateRequestsPerMinutePerProjectPerModel', '15')])
    expect([
      read('mistral', mistral)[0]?.scope,
      read('gemini', perProject)[0]?.scope,
      read('gemini', perModel)[0]?.scope,
    ]).toEqual(['account', 'account', 'model'])
  })
})

describe('whatever an answer says', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 30 }),
    fc.stringMatching(/^[0-9.hmsdTZ:, ;=wqrt"-]{0,25}$/),
    fc.double().map(String),
    fc.bigInt().map(String),
    fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  )
  const words = fc.constantFrom('(RPD): Limit ', '(TPM): Limit 5, Used ', 'limit: 0 ', 'free-models-per-day ', 'project_number:')
  const id = fc.constantFrom(...(Object.keys(providers) as ProviderId[]))

  it('no provider throws, and readings are well formed', () => {
    fc.assert(
      fc.property(id, fc.constantFrom(200, 429, 503), text, fc.jsonValue(), words, (name, status, header, json, said) => {
        const bodies = [
          json,
          { error: { message: said + header, metadata: json, details: json } },
          [
            {
              error: {
                details: [
                  { violations: [{ quotaId: `PerDay${header}`, quotaValue: header }], retryDelay: header, metadata: json },
                ],
              },
            },
          ],
          { error: { details: [{ violations: [json] }, json] }, team_id: header, organization_id: header },
        ]
        for (const body of bodies) {
          const upstream = { status, header: () => header, body }
          const provider = findProvider(name) ?? providers.custom
          for (const reading of provider.readings(upstream, noon)) wellFormed(reading)
          expect(provider.account(upstream) ?? `${name}:x`).toMatch(new RegExp(`^${name}:[\\w.:/@-]{1,100}$`))
        }
      }),
      { numRuns: 500 },
    )
  })

  function wellFormed({ limit, remaining, resetMs, window }: LimitReading): void {
    for (const number of [limit, remaining, resetMs])
      expect(number === null || (Number.isInteger(number) && number >= 0)).toBe(true)
    expect(limit ?? remaining).not.toBeNull()
    expect(typeof window === 'object' && 'slideMs' in window ? window.slideMs : 1).toBeGreaterThan(0)
  }
})
