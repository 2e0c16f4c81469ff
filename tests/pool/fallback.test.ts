import { describe, expect, it } from 'vitest'
import type { Fallback, LeaseQuery } from '../../src-main/pool/types.ts'
import { addKey, type Rig, rig, rules, settle } from './rig.ts'

const big: Fallback = { model: 'big', then: ['small', 'tiny'] }

/** Two pools: `p` with one key falls back from `big` to `small`, then into `q`. */
function twoPools(changes = {}): Rig {
  const house = rig(['a'], { fallback: [{ model: 'big', then: ['small', 'q/other'] }], ...changes })
  house.engine.setPool('q', rules)
  addKey(house.engine, { id: 'z' }, 'q')
  return house
}

function served(house: Rig, query: Partial<LeaseQuery> = {}): string {
  const result = house.engine.tryLease({ pool: 'p', model: 'big', ...query })
  if (result.kind !== 'lease') return result.kind === 'wait' ? `wait ${result.wakeAt}` : result.reason
  const { pool, model, step, keyId } = result.lease
  house.engine.report(result.lease, { class: 'ok' })
  return `${pool}/${model} ${step} ${keyId}`
}

describe('chains', () => {
  it('are followed depth first, each model once, the asked one first', () => {
    const house = rig(['a'], { fallback: [big, { model: 'small', then: ['mini', 'tiny'] }] })
    expect(house.engine.chain('p', 'big').map(({ model }) => model)).toEqual(['big', 'small', 'mini', 'tiny'])
    expect(house.engine.chain('p', 'unknown')).toEqual([{ pool: 'p', model: 'unknown' }])
    expect(house.engine.chain('nope', 'm')).toEqual([{ pool: 'nope', model: 'm' }])
  })

  it('take the first entry that fits: a name, a prefix or all', () => {
    const fallback = [
      { model: 'gpt-5*', then: ['gpt-4'] },
      { model: '*', then: ['last', 'very-last'] },
    ]
    const house = rig(['a'], { fallback })
    expect(house.engine.chain('p', 'gpt-5-mini').map(({ model }) => model)).toEqual(['gpt-5-mini', 'gpt-4', 'last', 'very-last'])
    expect(house.engine.chain('p', 'last').map(({ model }) => model)).toEqual(['last', 'very-last'])
  })

  it('lead into another pool only if there is one of that name: names of models hold slashes', () => {
    const house = rig(['a'], { fallback: [{ model: 'm', then: ['q/n', 'openai/gpt-5'] }] })
    house.engine.setPool('q', { ...rules, fallback: [{ model: 'n', then: ['o'] }] })
    expect(house.engine.chain('p', 'm')).toEqual([
      { pool: 'p', model: 'm' },
      { pool: 'q', model: 'n' },
      { pool: 'q', model: 'o' },
      { pool: 'p', model: 'openai/gpt-5' },
    ])
  })

  it('have eight steps at most', () => {
    const fallback = Array.from({ length: 20 }, (_, i) => ({ model: `m${i}`, then: [`m${i + 1}`] }))
    expect(rig(['a'], { fallback }).engine.chain('p', 'm0').length).toBe(9)
  })

  it.each([
    ['onto itself', [{ model: 'a', then: ['a'] }]],
    [
      'in two steps',
      [
        { model: 'a', then: ['b'] },
        { model: 'b', then: ['a'] },
      ],
    ],
    [
      'deep down',
      [
        { model: 'a', then: ['x', 'b'] },
        { model: 'b', then: ['c'] },
        { model: 'c', then: ['a'] },
      ],
    ],
    ['through another pool', [{ model: 'a', then: ['q/m'] }]],
    [
      'through a wildcard',
      [
        { model: 'x', then: ['y'] },
        { model: '*', then: ['x', 'q/m'] },
      ],
    ],
  ] as [string, Fallback[]][])('that lead back %s are refused, and the rules before stay', (_, fallback) => {
    const house = rig(['a'], { fallback: [{ model: 'old', then: ['new'] }] })
    house.engine.setPool('q', { ...rules, fallback: [{ model: 'm', then: ['p/a'] }] })
    expect(() => house.engine.setPool('p', { ...rules, fallback })).toThrow(
      expect.objectContaining({ code: 'FALLBACK_CYCLE', field: 'fallback' }),
    )
    expect(house.engine.chain('p', 'old').length).toBe(2)
  })
})

describe('a call falls back', () => {
  it('when its model has no ready key, and says which model served', () => {
    const house = twoPools()
    expect(served(house)).toBe('p/big 0 a')
    house.call({ class: 'rate-daily', holdMs: 60_000 }, { model: 'big' })
    expect(served(house)).toBe('p/small 1 a')
    house.call({ class: 'rate-daily', holdMs: 60_000 }, { model: 'small' })
    expect(served(house)).toBe('q/other 2 z')
    house.call({ class: 'rate-daily', holdMs: 20_000 }, { pool: 'q', model: 'other' })
    expect(served(house)).toBe('wait 20000')
    house.clock.advance(60_000)
    expect(served(house)).toBe('p/big 0 a')
  })

  it('also right after its own attempt: a daily quota of one model says nothing about the next', () => {
    const house = twoPools()
    const first = house.take({ model: 'big' })
    house.engine.report(first, { class: 'rate-daily', holdMs: 60_000 })
    expect(served(house, { exclude: new Set(['a']) })).toBe('p/small 1 a')
  })

  it('but not onto a key that is bad altogether', () => {
    const house = twoPools()
    house.call('key-invalid', { model: 'big' })
    expect(served(house, { exclude: new Set(['a']) })).toBe('q/other 2 z')
  })

  it('only into pools that the caller may use, and not at all when it says so', () => {
    const house = twoPools()
    house.call({ class: 'no-credit', holdMs: 60_000 }, { model: 'big' })
    expect(served(house, { fallbackPools: new Set(['p']) })).toBe('wait 60000')
    expect(served(house, { fallback: false })).toBe('wait 60000')
    expect(served(house, { fallbackPools: new Set(['q']) })).toBe('q/other 2 z')
  })

  it('not to shorten the wait for a call under way', () => {
    const house = twoPools({ keyConcurrency: 1 })
    house.take({ model: 'big' })
    expect(served(house)).toBe('wait null')
  })

  it('only when the wait is longer than the pool allows', () => {
    const house = twoPools({ fallbackAfterMs: 5000 })
    house.call({ class: 'rate-short', holdMs: 5000 }, { model: 'big' })
    expect(served(house)).toBe('wait 5000')
    house.engine.resume('a')
    house.call({ class: 'rate-short', holdMs: 5001 }, { model: 'big' })
    expect(served(house)).toBe('p/small 1 a')
  })

  it('those who wait are served when a pool they may fall back to has room', async () => {
    const house = twoPools()
    house.engine.setPool('q', { ...rules, keyConcurrency: 1 })
    house.call({ class: 'no-credit', holdMs: 60_000 }, { model: 'big' })
    const busy = house.take({ pool: 'q', model: 'other' })
    const asked = house.engine.acquire({ pool: 'p', model: 'big' }, { deadlineMs: 30_000 })
    expect(house.engine.pool('p')?.waiting).toBe(1)
    house.engine.report(busy, { class: 'ok' })
    await settle()
    expect(await asked).toMatchObject({ kind: 'lease', lease: { pool: 'q', model: 'other', keyId: 'z' } })
  })

  it('without one in the whole chain the refusal says when the first is back', () => {
    const house = rig(['a'], { fallback: [big] })
    house.engine.observe('a', { class: 'key-invalid' })
    expect(served(house)).toBe('none-usable')
  })
})
