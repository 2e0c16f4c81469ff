/** A server's settings as settings here. */
import { expect, test } from 'vitest'
import { ruledBy } from '../../src-main/services/remotes/config.ts'

const server = (poolConfig: Record<string, unknown>, more: object = {}) => ({
  clientType: '',
  reachLimitException: null,
  rotationStrategy: 'random',
  poolConfig,
  ...more,
})
const row = { strategy: 'lru' as const, config: {} }

test('every name of apipool, in its own spelling', () => {
  const given = {
    concurrency: 3,
    timeout: 12.5,
    rate_limit: 30,
    rate_limit_interval: 10,
    retry_on_failure: true,
    max_retries: 4,
    custom: { team: 'a' },
    batch_retry_on_failure: false,
    batch_max_retries: 2,
    ban_threshold: 5,
    ban_duration: 60,
  }
  const more = { clientType: 'openai', reachLimitException: 'openai.RateLimitError', rotationStrategy: 'least_used' }
  expect(ruledBy(server(given, more), row, [])).toMatchObject({
    strategy: 'least_used',
    config: {
      concurrency: 3,
      timeout: 12.5,
      rateLimit: 30,
      rateLimitInterval: 10,
      retryOnFailure: true,
      maxRetries: 4,
      custom: { team: 'a' },
      batchRetryOnFailure: false,
      batchMaxRetries: 2,
      banThreshold: 5,
      banDuration: 60,
      clientType: 'openai',
      reachLimitException: 'openai.RateLimitError',
    },
  })
})

test('defaults are not stored, null says nothing, what cannot be followed is kept as it was', () => {
  const { config, strategy } = ruledBy(
    server({ concurrency: 0, timeout: null, max_retries: -1, ban_duration: 'long', x_y: 1 }, { rotationStrategy: 'magic' }),
    row,
    [],
  )
  expect([config, strategy]).toEqual([{ custom: { max_retries: -1, ban_duration: 'long', x_y: 1 } }, 'lru'])
})

test('where calls go from this machine is not said by a server', () => {
  const { config } = ruledBy(
    server({ outbound: 'http://10.0.0.1:3128', fallback: [{ model: '*', then: ['other/gpt'] }] }),
    { ...row, config: { outbound: 'direct' } },
    [],
  )
  expect(config).toMatchObject({ outbound: 'direct', custom: { outbound: 'http://10.0.0.1:3128' } })
  expect(config).not.toHaveProperty('fallback')
})

test('nor what may be spent here, nor whether programs here are given what others asked for', () => {
  const here = { budget: { usd: 1, per: 'month' as const }, cacheTtl: 1 }
  const { config } = ruledBy(
    server({ budget: { usd: 1e9, per: 'day' }, cache_ttl: 1000, cache_shared: true, fallback_after: 1 }),
    { ...row, config: here },
    [],
  )
  expect(config).toMatchObject(here)
  expect(config).not.toHaveProperty('cacheShared')
  expect(config).not.toHaveProperty('fallbackAfter')
})

test('what the server stops saying goes back to its default; what it never said stays', () => {
  const first = ruledBy(server({ timeout: 5, concurrency: 2 }), { ...row, config: { keyConcurrency: 9 } }, [])
  const second = ruledBy(server({ concurrency: 3 }), { strategy: first.strategy, config: first.config }, first.fields)
  expect(second.config).toEqual({ keyConcurrency: 9, concurrency: 3 })
})
