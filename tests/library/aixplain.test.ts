/** aiXplain's key: its JSON, its checks, and limits that the engine really keeps. */
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { periodEnd } from '../../src-main/base/calendar.ts'
import { AixplainKey, type AixplainKeyInput, AixplainValidationError } from '../../src-main/library/aixplain.ts'
import { createPoolEngine } from '../../src-main/pool/engine.ts'
import { defaultRules } from '../../src-main/pool/rules.ts'
import type { PoolEngine } from '../../src-main/pool/types.ts'
import { VirtualClock } from '../support/clock.ts'

const limits = { tpm: 100, tpd: 1000, rpm: 10, rpd: 50 }
const json = {
  id: '42',
  name: 'team',
  budget: 12.5,
  assetsLimits: [{ tpm: 1, tpd: 2, rpm: 3, rpd: 4, assetId: 'gpt', tokenType: 'output' }],
  expiresAt: '2027-01-31T10:00:00.000Z',
  globalLimits: { ...limits, tokenType: 'input' },
}

function faultsOf(input: unknown): string[] {
  try {
    AixplainKey.fromJSON(input)
  } catch (error) {
    if (!(error instanceof AixplainValidationError)) throw error
    return error.fields.map(({ field }) => field)
  }
  return []
}

describe('JSON', () => {
  test('is written as it was read', () => {
    expect(JSON.parse(JSON.stringify(AixplainKey.fromJSON(json)))).toEqual(json)
  })

  test('without global limits has none', () => {
    const { globalLimits, ...rest } = json
    expect(globalLimits).toBeDefined()
    expect(AixplainKey.fromJSON(rest).toJSON()).toEqual(rest)
  })

  test('of version 2, in snake_case, is the same key', () => {
    const snake = {
      id: '42',
      name: 'team',
      budget: 12.5,
      asset_limits: [
        { token_per_minute: 1, token_per_day: 2, request_per_minute: 3, request_per_day: 4, model: 'gpt', token_type: 'output' },
      ],
      expires_at: '2027-01-31T10:00:00.000000Z',
      global_limits: {
        token_per_minute: 100,
        token_per_day: 1000,
        request_per_minute: 10,
        request_per_day: 50,
        token_type: 'input',
      },
      key: 'the-secret',
      is_admin: true,
    }
    const key = AixplainKey.fromJSON(snake)
    expect(key.toJSON()).toEqual(json)
    expect([key.accessKey, key.isAdmin, key.id, key.name, key.budget]).toEqual(['the-secret', true, '42', 'team', 12.5])
  })

  test('never holds the secret, nor does a printed key', () => {
    const key = AixplainKey.fromJSON({ ...json, accessKey: 'the-secret' })
    expect(JSON.stringify(key) + inspect(key, { showHidden: true, depth: 9 })).not.toContain('the-secret')
    expect(key.accessKey).toBe('the-secret')
  })

  test.each([
    ['2027-01-31T12:00:00+02:00', '2027-01-31T10:00:00.000Z'],
    ['2027-01-31T15:30:00+0530', '2027-01-31T10:00:00.000Z'],
    ['2027-01-31 10:00:00.123456Z', '2027-01-31T10:00:00.123Z'],
  ])('an expiry with its zone (%s) is that moment', (expiresAt, moment) => {
    expect(AixplainKey.fromJSON({ ...json, expiresAt }).toJSON().expiresAt).toBe(moment)
  })

  test('an expiry may be a Date, or none', () => {
    expect(new AixplainKey({ name: 'k', expiresAt: new Date('2027-01-31T10:00:00Z') }).expiresAt).toEqual(
      new Date('2027-01-31T10:00:00Z'),
    )
    expect(new AixplainKey({ name: 'k' }).toJSON()).toEqual({
      id: '',
      name: 'k',
      budget: null,
      assetsLimits: [],
      expiresAt: null,
    })
  })
})

describe('validation', () => {
  test('an expiry without a zone is refused: it would be another moment on every machine', () => {
    for (const expiresAt of ['2027-01-31T10:00:00', '2027-01-31', 'tomorrow', 1_800_000_000]) {
      expect(faultsOf({ ...json, expiresAt })).toEqual(['expiresAt'])
    }
  })

  test('every fault is listed with its field', () => {
    const faults = faultsOf({
      budget: -1,
      expiresAt: 'soon',
      globalLimits: { ...limits, tpm: -3, tokenType: 'letters' },
      assetsLimits: [
        { ...limits, rpd: 'many' },
        { ...limits, assetId: 'gpt', tpd: 1.5 },
        { ...limits, assetId: 'gpt' },
      ],
    })
    expect(faults).toEqual([
      'budget',
      'expiresAt',
      'globalLimits.tpm',
      'globalLimits.tokenType',
      'assetsLimits.0.rpd',
      'assetsLimits.0.assetId',
      'assetsLimits.1.tpd',
      'assetsLimits.2.assetId',
      'name',
    ])
  })

  test('zero is a limit, nothing given is none', () => {
    const key = new AixplainKey({ name: 'k', globalLimits: { rpm: 0 } })
    expect(key.globalLimits).toEqual({ rpm: 0 })
    expect(key.limits['']).toContainEqual({ unit: 'requests', window: { slideMs: 60_000 }, amount: 0 })
  })

  test.each([null, 7, 'x', { name: 'k', globalLimits: [] }, { name: 'k', assetsLimits: {} }, { name: 7 }])(
    '%j is refused',
    (input) => {
      expect(faultsOf(input)).not.toEqual([])
    },
  )

  test('an unknown zone is refused', () => {
    expect(() => new AixplainKey({ name: 'k' }, 'Atlantis/Capital')).toThrow(AixplainValidationError)
  })

  test('what was passed in is neither kept nor changed', () => {
    const assetLimits = [{ assetId: 'gpt', rpm: 1 }]
    const key = new AixplainKey({ name: 'k', assetLimits })
    key.setRequestPerMinute(5, 'gpt')
    key.assetLimits.pop()
    expect(assetLimits).toEqual([{ assetId: 'gpt', rpm: 1 }])
    expect(key.assetLimits).toEqual([{ assetId: 'gpt', rpm: 5 }])
    expect(new AixplainKey({ name: 'other' }).assetLimits).toEqual([])
  })
})

interface Rig {
  key: AixplainKey
  engine: PoolEngine
  clock: VirtualClock
  /** False = the engine gave no lease. */
  call(model?: string, used?: { input?: number; output?: number; nanos?: number }): boolean
}

function rig(input: Omit<AixplainKeyInput, 'name'>, zone = 'UTC'): Rig {
  const clock = new VirtualClock(Date.UTC(2026, 2, 15, 12))
  const engine = createPoolEngine({ clock, random: () => 0, calendar: { periodEnd } })
  engine.setPool('p', defaultRules)
  const key = new AixplainKey({ name: 'k', ...input }, zone)
  key.attach(engine, { id: 'k1' })
  engine.setMember('p', 'k1', { priority: 0, weight: 1 })
  const call: Rig['call'] = (model, used = {}) => {
    const result = engine.tryLease({ pool: 'p', ...(model === undefined ? {} : { model }) })
    if (result.kind !== 'lease') return false
    engine.report(result.lease, { class: 'ok' }, { input: 0, output: 0, nanos: 0, ...used })
    return true
  }
  return { key, engine, clock, call }
}

const times = (n: number, call: () => boolean) => Array.from({ length: n }, call).filter(Boolean).length

describe('as a key of the engine', () => {
  test('its requests per minute are kept', () => {
    const { call, clock } = rig({ globalLimits: { rpm: 3 } })
    expect(times(5, call)).toBe(3)
    clock.advance(61_000)
    expect(times(5, call)).toBe(3)
  })

  test('its requests per day are kept until midnight of its zone', () => {
    const { call, clock } = rig({ globalLimits: { rpd: 2 } }, 'America/Los_Angeles')
    expect(times(5, call)).toBe(2)
    clock.advance(19 * 3_600_000 - 1)
    expect(call()).toBe(false)
    clock.advance(1)
    expect(times(5, call)).toBe(2)
  })

  test.each([
    ['input', { input: 100, output: 0 }, false],
    ['input', { input: 0, output: 100 }, true],
    ['output', { input: 0, output: 100 }, false],
    ['output', { input: 100, output: 0 }, true],
    ['total', { input: 50, output: 50 }, false],
    [undefined, { input: 50, output: 50 }, false],
  ] as const)('its tokens per minute and day count %s tokens', (tokenType, used, more) => {
    for (const limit of [{ tpm: 100 }, { tpd: 100 }]) {
      const { call } = rig({ globalLimits: { ...limit, ...(tokenType ? { tokenType } : {}) } })
      call('m', used)
      // A full bucket refuses even a call of which nothing is known.
      expect(call('m', { input: 1, output: 1 })).toBe(more)
    }
  })

  test('limits of one model leave the others alone', () => {
    const { call } = rig({ assetLimits: [{ assetId: 'gpt', rpm: 1 }] })
    expect(times(3, () => call('gpt'))).toBe(1)
    expect(times(3, () => call('claude'))).toBe(3)
  })

  test('the limits for all models together count every model', () => {
    const { call } = rig({ globalLimits: { rpm: 4 }, assetLimits: [{ assetId: 'gpt', rpm: 3 }] })
    expect(times(9, () => call('gpt')) + times(9, () => call('claude'))).toBe(4)
  })

  test('its budget is kept', () => {
    const { call } = rig({ budget: 0.5 })
    expect(call('m', { nanos: 400_000_000 })).toBe(true)
    expect(call('m', { nanos: 100_000_000 })).toBe(true)
    expect(call('m')).toBe(false)
  })

  test('it expires', () => {
    const { call, clock } = rig({ expiresAt: '2026-03-15T13:00:00Z' })
    expect(call()).toBe(true)
    clock.advance(3_600_000)
    expect(call()).toBe(false)
  })
})

describe('the setters', () => {
  test('are in force for the next call', () => {
    const { call, key } = rig({ globalLimits: { rpm: 1 } })
    expect(times(3, call)).toBe(1)
    key.setRequestPerMinute(3)
    expect(times(3, call)).toBe(2)
    key.setRequestPerDay(3)
    key.setRequestPerMinute(null)
    expect(call()).toBe(false)
    key.setRequestPerDay(5)
    expect(times(5, call)).toBe(2)
  })

  test('of tokens, for one model', () => {
    const { call, key } = rig({ assetLimits: [{ assetId: 'gpt', tpm: 1000, tpd: 1000 }] })
    call('gpt', { input: 100 })
    key.setTokenPerMinute(100, 'gpt')
    expect([call('gpt'), call('claude')]).toEqual([false, true])
    key.setTokenPerMinute(1000, 'gpt')
    expect(call('gpt')).toBe(true)
    key.setTokenPerDay(50, 'gpt')
    expect(call('gpt')).toBe(false)
  })

  test('make global limits where there were none', () => {
    const { call, key } = rig({})
    expect(key.globalLimits).toBeNull()
    key.setRequestPerDay(1)
    expect(key.toJSON().globalLimits).toEqual({ rpd: 1 })
    expect(times(3, call)).toBe(1)
  })

  test.each([-3, 1.5, Number.NaN, '7' as unknown as number])('refuse %d by the field, and change nothing', (value) => {
    const { key } = rig({ globalLimits: { tpd: 9 }, assetLimits: [{ assetId: 'gpt', tpd: 9 }] })
    for (const [model, field] of [
      [undefined, 'globalLimits.tpd'],
      ['gpt', 'assetsLimits.0.tpd'],
    ] as const) {
      expect(() => key.setTokenPerDay(value, model)).toThrow(
        expect.objectContaining({ fields: [expect.objectContaining({ field })] }),
      )
    }
    expect([key.globalLimits, key.assetLimits]).toEqual([{ tpd: 9 }, [{ assetId: 'gpt', tpd: 9 }]])
  })

  test('refuse a model that has no limits', () => {
    expect(() => rig({}).key.setTokenPerDay(5, 'gpt')).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }))
  })

  test('leave the engine alone after detach', () => {
    const { call, key } = rig({ globalLimits: { rpm: 1 } })
    key.detach()
    key.setRequestPerMinute(9)
    expect(times(3, call)).toBe(1)
    expect(key.getUsage()).toEqual([])
  })
})

describe('usage', () => {
  const input = {
    globalLimits: { rpd: 10, tpd: 500 },
    assetLimits: [
      { assetId: 'gpt', rpd: 5 },
      { assetId: 'claude', tpd: 50, tokenType: 'output' as const },
    ],
  }

  test("is today's requests and tokens against their limits, of all models and of each with limits", () => {
    const { key, call } = rig(input)
    call('gpt', { input: 10, output: 20 })
    call('claude', { input: 1, output: 2 })
    call('other', { input: 100, output: 0 })
    expect(key.getUsage()).toEqual([
      { requestCount: 3, requestCountLimit: 10, tokenCount: 133, tokenCountLimit: 500 },
      { requestCount: 1, requestCountLimit: 5, tokenCount: 30, tokenCountLimit: null, assetId: 'gpt' },
      { requestCount: 1, requestCountLimit: null, tokenCount: 2, tokenCountLimit: 50, assetId: 'claude' },
    ])
    expect(key.getUsage('gpt')).toEqual([expect.objectContaining({ assetId: 'gpt' })])
    expect(key.getUsage('other')).toEqual([])
  })

  test('is counted also where nothing is limited', () => {
    const { key, call } = rig({})
    call('gpt', { input: 3, output: 4 })
    expect(key.getUsage()).toEqual([{ requestCount: 1, requestCountLimit: null, tokenCount: 7, tokenCountLimit: null }])
  })

  test('begins anew at midnight of its zone, and survives a change of limits', () => {
    const { key, call, clock } = rig({ globalLimits: { rpd: 10 } }, 'Asia/Kathmandu')
    call()
    key.setRequestPerDay(20)
    expect(key.getUsage()).toMatchObject([{ requestCount: 1, requestCountLimit: 20 }])
    clock.advance(6.25 * 3_600_000)
    expect(key.getUsage()).toMatchObject([{ requestCount: 0 }])
  })
})
