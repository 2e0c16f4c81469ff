import { expect, test } from 'vitest'
import {
  inputOf,
  newRoute,
  placeText,
  routeIssues,
  shareOf,
  withChain,
} from '../../src-renderer/screens/connect/models/route-draft.ts'

const draft = newRoute('best', 'main')

test('a new route leads to one pool with the model that is asked for, and leaves the rest to the pool', () => {
  expect(routeIssues(draft)).toEqual([])
  expect(draft).toMatchObject({ targets: [{ pool: 'main', model: null, weight: 1 }], timeout: null, cacheTtl: null })
})

test('what would be refused is named where it stands', () => {
  const bad = withChain({ ...draft, model: 'a*b', targets: [{ pool: '', model: null, weight: 0 }], timeout: 5000 }, [
    { pool: 'other', model: 'gpt-*' },
  ])
  expect(routeIssues(bad).map(({ path }) => path)).toEqual([
    'model',
    'targets.0.pool',
    'targets.0.weight',
    'then.0.model',
    'timeout',
  ])
})

test('shares are parts of all weights; a weight that is being written counts as none', () => {
  const targets = [
    { pool: 'a', model: null, weight: 3 },
    { pool: 'b', model: null, weight: 1 },
  ]
  expect(targets.map((_, at) => shareOf(targets, at))).toEqual([0.75, 0.25])
  expect(shareOf([{ pool: 'a', model: null, weight: 0 }], 0)).toBe(0)
})

test('a route is made anew without what the application adds to it', () => {
  const route = { ...draft, id: 'route_1', createdAt: 1, updatedAt: 2, missingPools: ['gone'] }
  expect(inputOf(route)).toEqual(draft)
})

test('a place is a pool, with its model where it names one', () => {
  expect(placeText({ pool: 'main', model: null })).toBe('main')
  expect(placeText({ pool: 'main', model: 'gpt-5' })).toBe('main/gpt-5')
})
