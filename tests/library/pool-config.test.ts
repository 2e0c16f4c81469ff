/** PoolConfig: every field with its default and range, in both spellings, from and to apipool-server. */
import { describe, expect, test } from 'vitest'
import { ApiKeyManager, PoolConfig, PoolError } from '../../src-main/library/index.ts'
import { failure, rig, StubKey } from './rig.ts'

const defaults = {
  concurrency: 0,
  timeout: 30,
  rateLimit: 0,
  rateLimitInterval: 60,
  retryOnFailure: false,
  maxRetries: 0,
  custom: {},
  batchRetryOnFailure: null,
  batchMaxRetries: null,
  banThreshold: 3,
  banDuration: 300,
  reachLimitException: null,
  rotationStrategy: 'random',
  clientType: '',
}

describe('fields', () => {
  test("apipool's defaults", () => {
    expect(new PoolConfig()).toMatchObject(defaults)
    expect(new PoolConfig({}).toJSON()).toMatchObject(defaults)
  })

  test.each<[name: string, snake: string, taken: unknown[], refused: unknown[]]>([
    ['concurrency', 'concurrency', [0, 1000], [-1, 1001, 1.5, '3']],
    ['timeout', 'timeout', [1, 2.5, 600], [0.5, 601, Number.NaN, Number.POSITIVE_INFINITY]],
    ['rateLimit', 'rate_limit', [0, 100_000], [-1, 100_001, 0.1]],
    ['rateLimitInterval', 'rate_limit_interval', [1, 86_400], [0, 86_401]],
    ['retryOnFailure', 'retry_on_failure', [true, false], [1, 'true']],
    ['maxRetries', 'max_retries', [0, 50], [-1, 51]],
    ['custom', 'custom', [{ a: 1 }], [[], 'x', 1]],
    ['batchRetryOnFailure', 'batch_retry_on_failure', [true, null], [0]],
    ['batchMaxRetries', 'batch_max_retries', [0, 50, null], [51, -1]],
    ['banThreshold', 'ban_threshold', [1, 100], [0, 101]],
    ['banDuration', 'ban_duration', [10, 86_400], [9, 86_401]],
    ['reachLimitException', 'reach_limit_exception', ['openai.RateLimitError', null], [7]],
    ['rotationStrategy', 'rotation_strategy', ['random', 'round_robin', 'least_used'], ['best', 'Random', 1]],
    ['clientType', 'client_type', ['openai'], [1]],
  ])('%s / %s', (name, snake, taken, refused) => {
    for (const value of taken) {
      expect(new PoolConfig({ [name]: value })).toMatchObject({ [name]: value })
      expect(new PoolConfig({ [snake]: value })).toMatchObject({ [name]: value })
    }
    for (const value of refused) {
      const make = () => new PoolConfig({ [snake]: value })
      expect(make).toThrow(expect.objectContaining({ code: 'INVALID_CONFIG', field: name }))
    }
  })

  test('null and undefined are the default', () => {
    expect(new PoolConfig({ timeout: null, ban_duration: null, custom: null })).toMatchObject({
      timeout: 30,
      banDuration: 300,
      custom: {},
    })
  })

  test('one setting under two names: fine when they agree, refused when not', () => {
    expect(new PoolConfig({ rate_limit: 5, rateLimit: 5 }).rateLimit).toBe(5)
    expect(() => new PoolConfig({ rate_limit: 5, rateLimit: 6 })).toThrow(PoolError)
  })

  test('unknown names are kept as they are, whatever they are', () => {
    const given = JSON.parse('{"future_field": [1], "otherField": null, "__proto__": {"x": 1}}') as Record<string, unknown>
    const config = new PoolConfig(given)
    expect(Object.entries(config.extra)).toEqual(Object.entries(given))
    expect(new PoolConfig(config.toJSON())).toEqual(config)
    expect(({} as { x?: number }).x).toBeUndefined()
  })

  test('custom fields of two pools are two objects', () => {
    new PoolConfig().custom['x'] = 1
    expect(new PoolConfig().custom).toEqual({})
  })

  test('batches fall back to the general settings', () => {
    const general = new PoolConfig({ retryOnFailure: true, maxRetries: 2 })
    expect([general.effectiveBatchRetry, general.effectiveBatchMaxRetries]).toEqual([true, 2])
    const own = new PoolConfig({ retryOnFailure: true, maxRetries: 2, batchRetryOnFailure: false, batchMaxRetries: 0 })
    expect([own.effectiveBatchRetry, own.effectiveBatchMaxRetries]).toEqual([false, 0])
  })
})

describe("apipool-server's answer", () => {
  const answer = {
    pool_identifier: 'p',
    client_type: 'coingecko',
    reach_limit_exception: 'sdk.RateLimitError',
    rotation_strategy: 'least_used',
    pool_config: { concurrency: 4, timeout: null, ban_threshold: 5, new_in_2027: true },
  }

  test('is read: settings, what lies beside them, and what is unknown', () => {
    expect(PoolConfig.fromServerResponse(answer)).toMatchObject({
      concurrency: 4,
      timeout: 30,
      banThreshold: 5,
      clientType: 'coingecko',
      rotationStrategy: 'least_used',
      reachLimitException: 'sdk.RateLimitError',
      extra: { new_in_2027: true },
    })
  })

  test('is written back in the same names, and nothing is lost on the way', () => {
    const config = PoolConfig.fromServerResponse(answer)
    const written = config.toServerResponse()
    expect(written).toMatchObject({
      client_type: 'coingecko',
      rotation_strategy: 'least_used',
      reach_limit_exception: 'sdk.RateLimitError',
      pool_config: { concurrency: 4, timeout: 30, ban_threshold: 5, batch_max_retries: null, new_in_2027: true },
    })
    expect(written['pool_config']).not.toHaveProperty('cooldown_base')
    expect(PoolConfig.fromServerResponse(written)).toEqual(config)
  })

  test('without pool_config, or with null, is all defaults', () => {
    expect(PoolConfig.fromServerResponse({})).toEqual(new PoolConfig())
    expect(PoolConfig.fromServerResponse({ pool_config: null, rotation_strategy: null })).toEqual(new PoolConfig())
  })

  test.each([[null], ['x'], [[]], [{ pool_config: 'x' }], [{ pool_config: [] }]])('%j is refused', (bad) => {
    expect(() => PoolConfig.fromServerResponse(bad)).toThrow(expect.objectContaining({ code: 'INVALID_CONFIG' }))
  })
})

describe('a manager', () => {
  test('refuses bad settings when it is made, and later without changing any', async () => {
    expect(() => new ApiKeyManager({ keys: [], config: { timeout: -1 } })).toThrow(expect.objectContaining({ field: 'timeout' }))
    const { manager } = rig(['a'], undefined, { config: { timeout: 9 } })
    expect(() => manager.applyConfig({ timeout: 5, concurrency: -1 })).toThrow(PoolError)
    expect(manager.config.timeout).toBe(9)
  })

  test('follows reachLimitException, also when it changes', async () => {
    class QuotaError extends Error {
      override name = 'QuotaExceeded'
    }
    class OtherError extends Error {}
    let error: Error = new QuotaError('x')
    const key = new StubKey('a', {
      answer: () => {
        throw error
      },
    })
    const manager = new ApiKeyManager({ keys: [key], config: { reachLimitException: 'some.sdk.QuotaError' } })
    await failure(manager.dummyclient.call())
    expect(await manager.stateOf('a')).toMatchObject({ health: 'cooling' })
    await manager.restore('a')
    manager.applyConfig({ reachLimitException: 'OtherError' })
    await failure(manager.dummyclient.call())
    expect(await manager.stateOf('a')).toMatchObject({ health: 'ready' })
    error = new OtherError('y')
    await failure(manager.dummyclient.call())
    expect(await manager.stateOf('a')).toMatchObject({ health: 'cooling' })
    await manager.close()
  })

  test('a new timeout and concurrency hold for the next call', async () => {
    const { manager } = rig(['a'])
    manager.applyConfig({ timeout: 3, concurrency: 2, keyConcurrency: 1 })
    expect(manager.config).toMatchObject({ timeout: 3, concurrency: 2, keyConcurrency: 1 })
  })
})
