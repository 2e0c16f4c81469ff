/** Which errors mean "limit reached", and for how long. */
import { describe, expect, test } from 'vitest'
import { judgeBy } from '../../src-main/library/judge.ts'
import { failure, rig } from './rig.ts'

const now = Date.UTC(2026, 0, 1)
const error = (fields: object = {}, message = 'x') => Object.assign(new Error(message), fields)
const says = (value: unknown) => judgeBy(undefined, null)(value, now)

describe('without a word of the program', () => {
  test.each<[string, unknown, boolean]>([
    ['status 429', error({ status: 429 }), true],
    ['statusCode 429', error({ statusCode: 429 }), true],
    ["a response's status", error({ response: { status: 429 } }), true],
    ['a plain object', { status: 429 }, true],
    ['status 500', error({ status: 500 }), false],
    ['status 401', error({ status: 401 }), false],
    ['a network error', error({ code: 'ECONNRESET' }), false],
    ['a typing error', new TypeError('x is not a function'), false],
    ['the words alone', error({}, '429 Too Many Requests'), false],
    ['a text', '429', false],
    ['nothing', undefined, false],
    ['null', null, false],
  ])('%s: %s', (_, value, isLimit) => {
    expect(says(value) !== undefined).toBe(isLimit)
  })
})

describe('how long', () => {
  test.each<[string, object, string, number | undefined]>([
    ['Headers', { headers: new Headers({ 'Retry-After': '17' }) }, 'x', 17_000],
    ['a plain object in any case', { headers: { 'Retry-After': '1.5' } }, 'x', 1500],
    ["a response's headers", { response: { headers: { 'retry-after-ms': '250' } } }, 'x', 250],
    ['a date', { headers: { 'retry-after': new Date(now + 9000).toUTCString() } }, 'x', 9000],
    ['retryAfter in seconds', { retryAfter: 3 }, 'x', 3000],
    ['the message', {}, 'Rate limit reached. Please try again in 7m12s.', 432_000],
    ['headers before the message', { headers: { 'retry-after': '5' } }, 'try again in 7m12s', 5000],
    ['nothing', {}, 'x', undefined],
    ['nonsense', { headers: { 'retry-after': 'soon' }, retryAfter: -4 }, 'x', undefined],
    ['no headers', { headers: null, retryAfter: Number.NaN }, 'x', undefined],
  ])('%s', (_, fields, message, holdMs) => {
    expect(says(error({ status: 429, ...fields }, message))?.holdMs).toBe(holdMs)
  })

  test('the words of the error stay with the caller', () => {
    expect(JSON.stringify(says(error({ status: 429 }, 'key sk-secret is over its limit')))).not.toContain('secret')
  })
})

describe('what the program gives', () => {
  class QuotaError extends Error {}
  class DailyQuotaError extends QuotaError {}

  test('a class, with those below it', () => {
    const judge = judgeBy(QuotaError, null)
    expect(
      [new QuotaError('x'), new DailyQuotaError('x'), error({ status: 429 })].map((value) => judge(value, now)?.class),
    ).toEqual(['rate-short', 'rate-short', undefined])
    expect(judgeBy(Error, null)(new TypeError('x'), now)?.class).toBe('rate-short')
  })

  test('a function', () => {
    const judge = judgeBy((value) => value === 'limit', null)
    expect([judge('limit', now)?.class, judge('other', now)]).toEqual(['rate-short', undefined])
  })

  test("a class's name, dotted or not, and with those below it", () => {
    for (const name of ['QuotaError', 'some.sdk.QuotaError']) {
      expect(judgeBy(undefined, name)(new DailyQuotaError('x'), now)?.class).toBe('rate-short')
    }
    expect(judgeBy(undefined, 'OtherError')(new QuotaError('x'), now)).toBeUndefined()
    expect(judgeBy(undefined, 'QuotaError')('QuotaError', now)).toBeUndefined()
  })

  test('comes before the name in the settings', () => {
    expect(judgeBy(() => false, 'QuotaError')(new QuotaError('x'), now)).toBeUndefined()
  })

  test('a function that throws takes no key out and hides no error', async () => {
    const boom = () => {
      throw new Error('the call failed')
    }
    const reachLimit = () => {
      throw new Error('my own fault')
    }
    const { manager, problems } = rig(['a'], boom, { reachLimit })
    expect((await failure(manager.dummyclient.call())).message).toBe('the call failed')
    expect(await manager.stateOf('a')).toMatchObject({ health: 'ready' })
    expect(problems.map(({ code }) => code)).toEqual(['REACH_LIMIT_FAILED'])
  })
})
