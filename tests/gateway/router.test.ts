/** Where a model is served: the order of rules, and what clients that may not use every pool see. */

import { describe, expect, test } from 'vitest'
import { createRouter } from '../../src-main/gateway/router.ts'
import type { ModelIndex, RoutePlan } from '../../src-main/gateway/types.ts'
import type { ModelRoute } from '../../src-preload/contract/index.ts'
import * as fc from '../support/fast-check.ts'

type Target = { pool: string; model?: string | null; weight?: number }

function route(model: string, targets: readonly Target[], next: readonly Target[] = []): ModelRoute {
  return {
    id: `route-${model}`,
    model,
    targets: targets.map(({ pool, model: served = null, weight = 1 }) => ({ pool, model: served, weight })),
    // oxlint-disable-next-line unicorn/no-thenable -- a list, not a function
    then: next.map(({ pool, model: served = null }) => ({ pool, model: served })),
    timeout: null,
    attemptBudget: null,
    cacheTtl: null,
    notes: '',
    createdAt: 1,
    updatedAt: 1,
  }
}

/** Pools by slug with what they list; null = nothing is known of them, and they guess by their name as a prefix. */
function index(lists: Record<string, readonly string[] | null>, routes: readonly ModelRoute[] = []): ModelIndex {
  return {
    routes,
    pools: Object.entries(lists).map(([slug, list]) => ({
      slug,
      provider: 'openai',
      listed: list !== null,
      guess: (model) => model.startsWith(slug),
    })),
    served: Object.entries(lists).flatMap(([pool, list]) =>
      (list ?? []).map((model) => ({ model, pool, provider: 'openai', source: 'listed' as const })),
    ),
  }
}

const everywhere: (pool: string) => boolean = () => true
const half = () => 0.5

/** `pool/model` of each place, or what is nearest. */
function places(plan: RoutePlan): string[] {
  return plan.kind === 'places'
    ? plan.places.map(({ pool, model }) => `${pool}/${model}`)
    : plan.nearest.map((name) => `? ${name}`)
}

const planned = (of: ModelIndex, model: string, allowed = everywhere, random = half) =>
  places(createRouter(of).plan(model, allowed, random))

describe('the order of rules', () => {
  const all = index({ main: ['gpt', 'other'], spare: ['gpt'], router: ['maker/model', 'main/gpt'], gpt: null }, [
    route('alias', [{ pool: 'main', model: 'gpt' }]),
    route('alias-*', [{ pool: 'spare' }]),
    route('alias-long-*', [{ pool: 'main' }]),
  ])

  test('pool/model names the pool, also where another pool lists a model of that whole name', () => {
    expect(planned(all, 'main/gpt')).toEqual(['main/gpt'])
    expect(planned(all, 'spare/unheard/of')).toEqual(['spare/unheard/of'])
  })

  test('a model with a slash is a model where there is no pool of its first part', () => {
    expect(planned(all, 'maker/model')).toEqual(['router/maker/model'])
  })

  test('a slash with nothing before or after it names no pool', () => {
    expect(planned(all, 'main/')[0]).toMatch(/^\?/)
    expect(createRouter(all).plan('/gpt', everywhere, half).kind).toBe('unknown')
  })

  test('the exact route, then the longest prefix, then the star', () => {
    const starred = { ...all, routes: [...all.routes, route('*', [{ pool: 'router' }])] }
    expect(planned(starred, 'alias')).toEqual(['main/gpt'])
    expect(planned(starred, 'alias-x')).toEqual(['spare/alias-x'])
    expect(planned(starred, 'alias-long-x')).toEqual(['main/alias-long-x'])
    expect(planned(starred, 'gpt')).toEqual(['router/gpt'])
  })

  test('without a route: every pool that lists it, and then those that list nothing and would know it', () => {
    expect(planned(all, 'gpt')).toEqual(['main/gpt', 'spare/gpt', 'gpt/gpt'])
    expect(planned(all, 'other')).toEqual(['main/other'])
    expect(planned(all, 'gpt-9')).toEqual(['gpt/gpt-9'])
  })

  test('pools that list a model come in the order of the pools, not of the lists', () => {
    const { pools, served } = index({ a: ['m'], b: ['m'], c: ['m'] })
    expect(planned({ routes: [], pools, served: served.toReversed() }, 'm')).toEqual(['a/m', 'b/m', 'c/m'])
  })

  test('a guess is no list: what is guessed of a pool does not put it among those that list', () => {
    const of = index({ a: ['m'], m: null })
    of.served = [{ model: 'm', pool: 'm', provider: 'openai', source: 'guessed' }, ...of.served]
    expect(planned(of, 'm')).toEqual(['a/m', 'm/m'])
  })

  test('the demo pool, whose answers are made up, serves only what nobody else does, unless it is named', () => {
    const of = index({ demo: ['m', 'own'], real: ['m'] }, [route('alias', [{ pool: 'demo', model: 'm' }])])
    of.pools = of.pools.map((pool) => (pool.slug === 'demo' ? { ...pool, provider: 'demo' } : pool))
    expect(planned(of, 'm')).toEqual(['real/m'])
    expect(planned(of, 'm', (pool) => pool === 'demo')).toEqual(['demo/m'])
    expect(planned(of, 'own')).toEqual(['demo/own'])
    expect(planned(of, 'demo/m')).toEqual(['demo/m'])
    expect(planned(of, 'alias')).toEqual(['demo/m'])
  })

  test('names of objects are names like any other', () => {
    expect(planned(all, 'constructor')).toEqual([])
    expect(planned(all, '__proto__/x')).toEqual([])
    expect(planned(index({ a: ['toString'] }), 'toString')).toEqual(['a/toString'])
  })
})

describe('routes', () => {
  test('the rest of the targets comes after the chosen one, then the chain; no place twice', () => {
    const chained = route(
      'm',
      [{ pool: 'a' }, { pool: 'b', model: 'x' }, { pool: 'c' }],
      [{ pool: 'a' }, { pool: 'a', model: 'y' }, { pool: 'c', model: 'm' }],
    )
    const of = index({ a: [], b: [], c: [] }, [chained])
    expect(planned(of, 'm')).toEqual(['b/x', 'a/m', 'c/m', 'a/y'])
    expect(planned(of, 'm', everywhere, () => 0)).toEqual(['a/m', 'b/x', 'c/m', 'a/y'])
    expect(planned(of, 'm', everywhere, () => 0.999_999)).toEqual(['c/m', 'a/m', 'b/x', 'a/y'])
  })

  test('a pool that is gone is passed over, and the weights of the others count alone', () => {
    const of = index({ b: [], c: [] }, [route('m', [{ pool: 'a', weight: 1000 }, { pool: 'b' }, { pool: 'c' }])])
    expect(planned(of, 'm', everywhere, () => 0.4)).toEqual(['b/m', 'c/m'])
    expect(planned(of, 'm', everywhere, () => 0.6)).toEqual(['c/m', 'b/m'])
  })

  test('a route whose pools are gone serves nobody, and no guess takes its place', () => {
    const of = index({ b: ['m', 'm2'] }, [route('m', [{ pool: 'a' }])])
    expect(planned(of, 'm')).toEqual(['? m2'])
  })

  test('a route into pools that the client may not use is not there for it', () => {
    const of = index({ a: [], b: ['m'] }, [route('m', [{ pool: 'a' }]), route('*', [{ pool: 'a', model: 'any' }])])
    expect(planned(of, 'm')).toEqual(['a/m'])
    expect(planned(of, 'm', (pool) => pool === 'b')).toEqual(['b/m'])
    expect(planned(of, 'n', (pool) => pool === 'b')).toEqual(['? m'])
  })

  test('the route that was followed is named', () => {
    const router = createRouter(index({ a: ['m'] }, [route('x*', [{ pool: 'a' }])]))
    expect(router.plan('xy', everywhere, half)).toMatchObject({ route: { model: 'x*' } })
    expect(router.plan('m', everywhere, half)).toMatchObject({ route: null })
    expect(router.plan('a/m', everywhere, half)).toMatchObject({ route: null })
  })

  test('traffic is divided by weight', () => {
    const targets = [
      { pool: 'a', weight: 6 },
      { pool: 'b', weight: 3 },
      { pool: 'c', weight: 1 },
    ]
    const router = createRouter(index({ a: [], b: [], c: [] }, [route('m', targets)]))
    const counts = new Map<string, number>()
    for (let i = 0; i < 10_000; i++) {
      const [first = ''] = places(router.plan('m', everywhere, () => i / 10_000))
      counts.set(first, (counts.get(first) ?? 0) + 1)
    }
    expect(Object.fromEntries(counts)).toEqual({ 'a/m': 6000, 'b/m': 3000, 'c/m': 1000 })
  })
})

describe('nearest names', () => {
  const of = index(
    { a: ['gpt-4o', 'gpt-4o-mini', 'gpt-4.1', 'claude-sonnet-4-5'], b: ['anthropic/claude-haiku-4-5', 'secret-model'] },
    [route('fast', [{ pool: 'a', model: 'gpt-4o-mini' }]), route('gone', [{ pool: 'nowhere' }])],
  )

  test('a few letters apart, the likest first, three at most', () => {
    expect(planned(of, 'gpt4o')).toEqual(['? gpt-4o'])
    expect(planned(of, 'gpt-4')[0]).toBe('? gpt-4o')
    expect(planned(of, 'gpt-')).toHaveLength(3)
    expect(planned(of, 'GPT-4o-Mini')[0]).toBe('? gpt-4o-mini')
  })

  test('the beginning of a name, a name without its maker, a route', () => {
    expect(planned(of, 'claude-sonnet')).toContain('? claude-sonnet-4-5')
    expect(planned(of, 'claude-haiku-4-5')).toContain('? anthropic/claude-haiku-4-5')
    expect(planned(of, 'openai/gpt-4o')[0]).toBe('? gpt-4o')
    expect(planned(of, 'fest')).toEqual(['? fast'])
  })

  test('nothing that the client may not use, that leads nowhere, or that is quite unlike', () => {
    expect(planned(of, 'secret-modal', (pool) => pool === 'a')).toEqual([])
    expect(planned(of, 'fest', (pool) => pool === 'b')).toEqual([])
    expect(planned(of, 'gome')).toEqual([])
    expect(planned(of, 'whisper-large')).toEqual([])
  })
})

describe('whatever the index', () => {
  const name = fc.stringMatching(/^[a-c]{1,3}(\/[a-c]{1,2})?$/)
  const slug = fc.constantFrom('a', 'b', 'c', 'ab', 'd')
  const target = fc.record({ pool: slug, model: fc.option(name), weight: fc.integer({ min: 1, max: 9 }) })
  const anyRoute = fc
    .record({
      model: fc.oneof(
        name,
        fc.string({ maxLength: 2 }).map((prefix) => `${prefix.replaceAll('*', '')}*`),
      ),
      targets: fc.array(target, { minLength: 1, maxLength: 4 }),
      next: fc.array(target, { maxLength: 3 }),
    })
    .map(({ model, targets, next }) => route(model, targets, next))
  const anyIndex = fc
    .record({
      lists: fc.dictionary(slug, fc.option(fc.array(name, { maxLength: 4 }))),
      routes: fc.uniqueArray(anyRoute, { maxLength: 5, selector: ({ model }) => model }),
    })
    .map(({ lists, routes }) => index(lists, routes))
  const situation = fc.record({
    of: anyIndex,
    model: name,
    may: fc.uniqueArray(slug),
    random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  })

  interface Situation {
    of: ModelIndex
    model: string
    may: readonly string[]
    random: number
  }

  test('only live pools that the client may use are named, each place once, and never none', () => {
    const isSound = ({ of, model, may, random }: Situation) => {
      const plan = createRouter(of).plan(
        model,
        (pool) => may.includes(pool),
        () => random,
      )
      if (plan.kind === 'unknown') return plan.nearest.length <= 3 && !plan.nearest.includes(model)
      const isThere = (known: string) => may.includes(known) && of.pools.some((pool) => pool.slug === known)
      return (
        new Set(places(plan)).size === plan.places.length &&
        plan.places.length > 0 &&
        plan.places.every(({ pool }) => isThere(pool))
      )
    }
    expect(fc.check(fc.property(situation, isSound))).toMatchObject({ failed: false })
  })

  test('the route is the one that a look at all of them would find', () => {
    const fits = (pattern: string, model: string) =>
      pattern.endsWith('*') ? model.startsWith(pattern.slice(0, -1)) : pattern === model
    const isBest = ({ of, model, random }: Situation) => {
      const plan = createRouter(of).plan(model, everywhere, () => random)
      const isPool = (known: string) => of.pools.some((pool) => pool.slug === known)
      if (model.includes('/') && isPool(model.slice(0, model.indexOf('/')))) return plan.kind === 'places' && plan.route === null
      const [best] = of.routes
        .filter((one) => fits(one.model, model))
        .toSorted((a, b) => Number(a.model.endsWith('*')) - Number(b.model.endsWith('*')) || b.model.length - a.model.length)
      if (!best) return plan.kind === 'unknown' || plan.route === null
      const leads = [...best.targets, ...best.then].some(({ pool }) => isPool(pool))
      return leads ? plan.kind === 'places' && plan.route === best : plan.kind === 'unknown'
    }
    expect(fc.check(fc.property(situation, isBest))).toMatchObject({ failed: false })
  })
})
