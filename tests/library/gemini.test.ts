/** gemini-key-pool's documented behaviour on the engine: rotation, cool-downs, fallback, reservation. */
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import {
  COOLDOWN_TIERS,
  KeyPoolManager,
  type KeyPoolOptions,
  type KeysFile,
  MODEL_FALLBACKS,
} from '../../src-main/library/gemini.ts'
import { geminiPresets } from '../../src-main/providers/gemini-presets.ts'
import { VirtualClock } from '../support/clock.ts'

const keysOf = (...ids: string[]): KeysFile => ({
  providers: { gemini: { keys: ids.map((id) => ({ id, api_key: `secret-of-${id}` })) } },
})

interface Rig {
  pool: KeyPoolManager
  clock: VirtualClock
}

function rig(keys: KeysFile = keysOf('a', 'b', 'c'), options: KeyPoolOptions = {}): Rig {
  const clock = new VirtualClock(Date.UTC(2026, 2, 15, 12))
  return { pool: new KeyPoolManager(keys, { clock, ...options }), clock }
}

async function picks(pool: KeyPoolManager, n: number, model?: string): Promise<string> {
  let ids = ''
  for (let i = 0; i < n; i++) ids += await pool.selectKey('gemini', model === undefined ? {} : { model })
  return ids
}

const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.fail('it went well'),
    (error: unknown) => error,
  )
const daily = 'Quota exceeded for quotaId: "GenerateRequestsPerDayPerProjectPerModel-FreeTier"'

describe('rotation', () => {
  test('keys never used come first, in the order of keys.json, then the one used longest ago', async () => {
    const { pool } = rig()
    expect(await picks(pool, 7)).toBe('abcabca')
  })

  test('a use that is only counted moves the key back as well', async () => {
    const { pool } = rig()
    await pool.updateUsage('a', { requests: 1 })
    expect(await picks(pool, 3)).toBe('bca')
  })

  test('many at once get different keys', async () => {
    const { pool } = rig()
    expect((await Promise.all(Array.from({ length: 3 }, () => pool.selectKey('gemini')))).toSorted().join('')).toBe('abc')
  })

  test('a key that cools down is left out, and comes back as the one used longest ago', async () => {
    const { pool, clock } = rig()
    expect(await picks(pool, 1)).toBe('a')
    await pool.markKeyRateLimited('a', { cooldownSeconds: 60 })
    expect(await picks(pool, 4)).toBe('bcbc')
    clock.advance(60_000)
    expect(await picks(pool, 2)).toBe('ab')
  })

  test('when every key cools down the one that is back first is given rather than none', async () => {
    const { pool } = rig()
    for (const [id, cooldownSeconds] of [
      ['a', 90],
      ['b', 30],
      ['c', 60],
    ] as const)
      await pool.markKeyRateLimited(id, { cooldownSeconds })
    expect(await picks(pool, 2)).toBe('bb')
  })

  test('asked strictly it refuses then, and says when to come back', async () => {
    const { pool } = rig(keysOf('a', 'b'))
    await pool.markKeyRateLimited('a', { cooldownSeconds: 90 })
    await pool.markKeyRateLimited('b', { cooldownSeconds: 30 })
    expect(await refusal(pool.selectKey('gemini', { strict: true }))).toMatchObject({ code: 'NO_KEY_AVAILABLE', retryAfter: 30 })
  })

  test('a reserved key is never given, not even when all others cool down', async () => {
    const { pool } = rig(keysOf('a', 'b'))
    expect(await pool.reserveKey('gemini')).toBe('a')
    await pool.markKeyRateLimited('b', { cooldownSeconds: 90 })
    expect(await picks(pool, 2)).toBe('bb')
  })

  test('an unknown provider, or one without keys, is a coded error', async () => {
    const { pool } = rig({ providers: { gemini: { keys: [] } } })
    for (const provider of ['gemini', 'claude']) {
      expect(await refusal(pool.selectKey(provider))).toMatchObject({ code: 'UNKNOWN_PROVIDER', field: provider })
      expect(await refusal(pool.reserveKey(provider))).toMatchObject({ code: 'UNKNOWN_PROVIDER' })
      expect(await refusal(pool.countAvailable(provider))).toMatchObject({ code: 'UNKNOWN_PROVIDER' })
    }
  })
})

describe('reservation', () => {
  test('many at once never get the same key, and one too many is refused', async () => {
    const { pool } = rig()
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => pool.reserveKey('gemini')))
    const ids = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
    expect(ids.toSorted()).toEqual(['a', 'b', 'c'])
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(2)
  })

  test('takes the key used longest ago among those that are free', async () => {
    const { pool } = rig()
    await picks(pool, 2)
    expect(await pool.reserveKey('gemini')).toBe('c')
    expect(await pool.reserveKey('gemini')).toBe('a')
  })

  test('is over when it is released; releasing what is not reserved does nothing', async () => {
    const { pool } = rig(keysOf('a'))
    await pool.reserveKey('gemini')
    expect(await pool.countAvailable('gemini')).toBe(0)
    await pool.releaseKey('a')
    await pool.releaseKey('a')
    await pool.releaseKey('nobody')
    expect(await pool.countAvailable('gemini')).toBe(1)
  })

  test('ends by itself when nobody releases it', async () => {
    const { pool, clock } = rig(keysOf('a'))
    await pool.reserveKey('gemini', { seconds: 30 })
    expect(await refusal(pool.reserveKey('gemini'))).toMatchObject({ code: 'NO_KEY_AVAILABLE', retryAfter: 30 })
    clock.advance(30_000)
    expect(await pool.reserveKey('gemini')).toBe('a')
  })

  test('does not make a key unavailable in itself, but it is not counted', async () => {
    const { pool } = rig()
    const id = await pool.reserveKey('gemini')
    expect(await pool.isKeyAvailable(id)).toBe(true)
    expect(await pool.countAvailable('gemini')).toBe(2)
  })
})

describe('cool-downs', () => {
  test.each([
    ['rpm', 'Quota exceeded: GenerateRequestsPerMinutePerProjectPerModel', COOLDOWN_TIERS.rpm],
    ['tpm', 'Quota exceeded: GenerateContentInputTokensPerModelPerMinute', COOLDOWN_TIERS.tpm],
    ['ipm', 'images per minute exceeded', COOLDOWN_TIERS.ipm],
    ['quota', 'This model needs billing: enable it', COOLDOWN_TIERS.quota],
    ['unknown', 'slow down', COOLDOWN_TIERS.unknown],
  ] as const)('%s: the tier of its kind', async (type, errorMessage, seconds) => {
    const { pool, clock } = rig()
    expect(await pool.markKeyRateLimited('a', { errorMessage })).toEqual({ type, until: clock.now() + seconds * 1000 })
    clock.advance(seconds * 1000 - 1)
    expect(await pool.isKeyAvailable('a')).toBe(false)
    clock.advance(1)
    expect(await pool.isKeyAvailable('a')).toBe(true)
  })

  test('the tiers are 90, 90, 90, 3600, 7200 and 300 seconds, and may be others', async () => {
    expect(COOLDOWN_TIERS).toEqual({ rpm: 90, tpm: 90, ipm: 90, rpd: 3600, quota: 7200, unknown: 300 })
    const { pool, clock } = rig(keysOf('a'), { cooldowns: { unknown: 5 } })
    expect((await pool.markKeyRateLimited('a')).until).toBe(clock.now() + 5000)
  })

  test('a daily limit of Gemini holds until midnight in California, not for a flat hour', async () => {
    const { pool } = rig()
    const { type, until } = await pool.markKeyRateLimited('a', { errorMessage: daily })
    expect([type, new Date(until).toISOString()]).toEqual(['rpd', '2026-03-16T07:00:00.000Z'])
  })

  test('a daily limit of a provider whose day is not known holds for an hour; its zone can be told', async () => {
    const keys: KeysFile = { providers: { other: { keys: [{ id: 'x', api_key: 's' }] } } }
    const flat = rig(keys)
    expect((await flat.pool.markKeyRateLimited('x', { errorMessage: daily })).until).toBe(flat.clock.now() + 3_600_000)
    const told = rig(keys, { resetZones: { other: 'UTC' } })
    expect((await told.pool.markKeyRateLimited('x', { errorMessage: daily })).until).toBe(Date.UTC(2026, 2, 16))
  })

  test.each([
    ['RetryInfo', `${daily}, {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"46s"}`, 46_000],
    ['the sentence', 'RPM exceeded. Please retry in 1m5.5s.', 65_500],
  ])('what %s says comes before the tier', async (_, errorMessage, ms) => {
    const { pool, clock } = rig()
    expect((await pool.markKeyRateLimited('a', { errorMessage })).until).toBe(clock.now() + ms)
  })

  test('seconds that are given come before everything; bad ones are refused', async () => {
    const { pool, clock } = rig()
    const facts = { cooldownSeconds: 7, errorMessage: `${daily} retry in 46s` }
    expect(await pool.markKeyRateLimited('a', facts)).toEqual({ type: 'rpd', until: clock.now() + 7000 })
    for (const cooldownSeconds of [-1, Number.NaN]) {
      expect(await refusal(pool.markKeyRateLimited('b', { cooldownSeconds }))).toMatchObject({ code: 'INVALID_COOLDOWN' })
    }
    expect(await pool.isKeyAvailable('b')).toBe(true)
  })

  test('a shorter one never replaces a longer one', async () => {
    const { pool, clock } = rig()
    const { until } = await pool.markKeyRateLimited('a', { cooldownSeconds: 600 })
    expect((await pool.markKeyRateLimited('a', { cooldownSeconds: 5 })).until).toBe(until)
    clock.advance(5000)
    expect(await pool.isKeyAvailable('a')).toBe(false)
  })

  test('of one model leave the key to the others; of the key hold for every model', async () => {
    const { pool } = rig(keysOf('a', 'b'))
    await pool.markKeyRateLimited('a', { cooldownSeconds: 60, model: 'flash' })
    expect(
      await Promise.all([pool.isKeyAvailable('a'), pool.isKeyAvailable('a', 'flash'), pool.isKeyAvailable('a', 'lite')]),
    ).toEqual([true, false, true])
    expect(await picks(pool, 3, 'flash')).toBe('bbb')
    expect(await picks(pool, 2, 'lite')).toBe('ab')
    await pool.markKeyRateLimited('b', { cooldownSeconds: 60 })
    expect(await pool.isKeyAvailable('b', 'lite')).toBe(false)
    expect(await Promise.all([pool.countAvailable('gemini'), pool.countAvailable('gemini', 'flash')])).toEqual([1, 0])
  })

  test('hold for all keys of one project, whose quota they share', async () => {
    const keys = keysOf('a', 'b', 'c').providers['gemini']?.keys ?? []
    const { pool } = rig({
      providers: { gemini: { keys: keys.map((key) => (key.id === 'c' ? key : { ...key, project: 'one' })) } },
    })
    await pool.markKeyRateLimited('a', { cooldownSeconds: 60 })
    expect(await pool.isKeyAvailable('b')).toBe(false)
    expect(await picks(pool, 2)).toBe('cc')
  })

  test('that are over are counted and forgotten, those that hold stay', async () => {
    const { pool, clock } = rig()
    await pool.markKeyRateLimited('a', { cooldownSeconds: 10 })
    await pool.markKeyRateLimited('a', { cooldownSeconds: 10, model: 'flash' })
    await pool.markKeyRateLimited('b', { cooldownSeconds: 100 })
    clock.advance(10_000)
    expect(await pool.clearExpiredCooldowns()).toBe(2)
    expect(await pool.clearExpiredCooldowns()).toBe(0)
    expect(await pool.isKeyAvailable('b')).toBe(false)
  })

  test('of unknown keys are refused', async () => {
    const { pool } = rig()
    expect(await refusal(pool.markKeyRateLimited('z'))).toMatchObject({ code: 'UNKNOWN_KEY' })
    expect(await refusal(pool.updateUsage('z', { requests: 1 }))).toMatchObject({ code: 'UNKNOWN_KEY' })
    expect(await refusal(pool.isKeyAvailable('z'))).toMatchObject({ code: 'UNKNOWN_KEY' })
  })
})

describe('model fallback', () => {
  test('the chains of the table', () => {
    const next = new Map(MODEL_FALLBACKS.map(({ model, then }) => [model, then]))
    expect(next.get('gemini-3.1-pro-preview')).toEqual(['gemini-3-flash-preview'])
    expect(next.get('gemini-3-pro-preview')).toEqual(['gemini-3-flash-preview'])
    expect(next.get('gemini-3-flash-preview')).toEqual(['gemini-2.5-flash'])
    expect(next.get('gemini-2.5-flash')).toEqual(['gemini-3.1-flash-lite-preview'])
    expect(next.has('gemini-3.1-flash-lite-preview')).toBe(false)
    expect(['1b', '4b', '12b', '27b'].map((size) => next.get(`gemma-3-${size}*`)?.[0])).toEqual([
      'gemma-3-4b-it',
      'gemma-3-12b-it',
      'gemma-3-27b-it',
      'gemini-3.1-flash-lite-preview',
    ])
  })

  test('a daily quota used up on one model really moves on, key by key and then model by model', async () => {
    const { pool } = rig(keysOf('a', 'b'))
    const served: string[] = []
    for (let i = 0; i < 7; i++) {
      const { id, model } = await pool.selectKeyAndModel('gemini', 'gemini-3.1-pro-preview')
      served.push(`${id} ${model}`)
      await pool.markKeyRateLimited(id, { errorMessage: daily, model })
    }
    expect(served).toEqual([
      'a gemini-3.1-pro-preview',
      'b gemini-3.1-pro-preview',
      'a gemini-3-flash-preview',
      'b gemini-3-flash-preview',
      'a gemini-2.5-flash',
      'b gemini-2.5-flash',
      'a gemini-3.1-flash-lite-preview',
    ])
  })

  test('it goes back when the day is over, and refuses at the end of the chain', async () => {
    const { pool, clock } = rig(keysOf('a'))
    const ask = () => pool.selectKeyAndModel('gemini', 'gemini-2.5-flash')
    for (let i = 0; i < 2; i++) await pool.markKeyRateLimited('a', { errorMessage: daily, model: (await ask()).model })
    expect(await refusal(ask())).toMatchObject({ code: 'NO_KEY_AVAILABLE', retryAfter: 19 * 3600 })
    clock.advance(19 * 3_600_000)
    expect(await ask()).toEqual({ id: 'a', model: 'gemini-2.5-flash' })
  })

  test('a model without a chain has none', async () => {
    const { pool } = rig(keysOf('a'))
    await pool.markKeyRateLimited('a', { errorMessage: daily, model: 'gemini-embedding-001' })
    expect(await refusal(pool.selectKeyAndModel('gemini', 'gemini-embedding-001'))).toMatchObject({ code: 'NO_KEY_AVAILABLE' })
  })
})

describe('limits', () => {
  const limits = { gemini: geminiPresets[0]?.limits ?? {} }
  const model = 'gemini-3-flash'

  test('of the free tier are kept before the call: 5 a minute and project, then the next key', async () => {
    const { pool, clock } = rig(keysOf('a', 'b'), { limits })
    const ids: string[] = []
    for (let i = 0; i < 10; i++) ids.push(await pool.selectKey('gemini', { model, strict: true }))
    expect(ids.filter((id) => id === 'a')).toHaveLength(5)
    expect(await refusal(pool.selectKey('gemini', { model, strict: true }))).toMatchObject({ code: 'NO_KEY_AVAILABLE' })
    expect(await pool.countAvailable('gemini', model)).toBe(0)
    clock.advance(61_000)
    expect(await pool.countAvailable('gemini', model)).toBe(2)
  })

  test('count the tokens that updateUsage tells', async () => {
    const { pool } = rig(keysOf('a'), { limits })
    await pool.selectKey('gemini', { model })
    await pool.updateUsage('a', { requests: 1, inputTokens: 250_000, outputTokens: 10 })
    expect(await pool.isKeyAvailable('a', model)).toBe(false)
    expect(await pool.isKeyAvailable('a', 'gemini-2.5-pro')).toBe(true)
  })

  test('a model that the tier does not have is never served', async () => {
    const { pool } = rig(keysOf('a'), { limits })
    expect(await refusal(pool.selectKey('gemini', { model: 'gemini-3.1-pro', strict: true }))).toMatchObject({
      code: 'NO_KEY_AVAILABLE',
    })
  })
})

describe('secrets', () => {
  test('are given when asked for, from the environment as they are then', () => {
    const env: NodeJS.ProcessEnv = {}
    const { pool } = rig(
      {
        providers: {
          gemini: {
            keys: [
              { id: 'a', api_key: 'env:POOL_KEY' },
              { id: 'b', api_key: 'plain' },
            ],
          },
        },
      },
      { env },
    )
    expect(() => pool.getApiKey('a')).toThrow(expect.objectContaining({ code: 'KEY_VARIABLE_UNSET', field: 'POOL_KEY' }))
    env['POOL_KEY'] = 'from-env'
    expect([pool.getApiKey('a'), pool.getApiKey('b')]).toEqual(['from-env', 'plain'])
    expect(() => pool.getApiKey('z')).toThrow(expect.objectContaining({ code: 'UNKNOWN_KEY' }))
  })

  test('show in no printed or serialised pool', () => {
    const { pool } = rig()
    expect(inspect(pool, { depth: 9, showHidden: true }) + JSON.stringify(pool)).not.toContain('secret-of')
  })
})

test.each([
  ['providers', {}],
  ['providers.gemini.keys', { providers: { gemini: {} } }],
  ['providers.gemini.keys.0.id', { providers: { gemini: { keys: [{ api_key: 's3cret' }] } } }],
  ['providers.gemini.keys.0.api_key', { providers: { gemini: { keys: [{ id: 'a' }] } } }],
  [
    'providers.gemini.keys.1.id',
    {
      providers: {
        gemini: {
          keys: [
            { id: 'a', api_key: 's3cret' },
            { id: 'a', api_key: 's3cret' },
          ],
        },
      },
    },
  ],
])('bad keys are refused by the name of the field: %s', (field, keys) => {
  expect(() => new KeyPoolManager(keys as unknown as KeysFile)).toThrow(expect.objectContaining({ code: 'INVALID_KEYS', field }))
  expect(() => new KeyPoolManager(keys as unknown as KeysFile)).not.toThrow(/s3cret/)
})
