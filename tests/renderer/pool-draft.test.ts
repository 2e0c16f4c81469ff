import { expect, test } from 'vitest'
import { poolConfig, poolCreate, poolPatch, settingsSchema } from '../../src-preload/contract/index.ts'
import { poolFor, slugOf } from '../../src-renderer/screens/keys/add/target.ts'
import {
  configDefaults,
  configOfNew,
  fieldGroups,
  fieldProblem,
  fieldSpec,
  isShown,
} from '../../src-renderer/screens/pools/config-schema.ts'
import {
  createOf,
  draftIssues,
  draftOfJson,
  isDirty,
  jsonOf,
  newDraft,
  patchOf,
} from '../../src-renderer/screens/pools/pool-draft.ts'
import { provider } from './build-provider.ts'

const builtIn = settingsSchema.parse({}).newPools
const draft = { ...newDraft(provider(), builtIn), slug: 'main', name: 'Main' }

test('the form has every field of the configuration exactly once', () => {
  const shown = Object.values(fieldGroups).flat()
  expect([...shown].toSorted()).toEqual(Object.keys(poolConfig.shape).toSorted())
})

test('kinds, ranges and nullability are read from the schema', () => {
  expect(fieldSpec('concurrency')).toMatchObject({ kind: 'number', integer: true, min: 0, max: 1000, nullable: false })
  expect(fieldSpec('cooldownBase')).toMatchObject({ kind: 'number', integer: false, min: 0.1, seconds: true })
  expect(fieldSpec('retryOnFailure')).toMatchObject({ kind: 'boolean', nullable: false })
  expect(fieldSpec('batchRetryOnFailure')).toMatchObject({ kind: 'boolean', nullable: true })
  expect(fieldSpec('batchMaxRetries')).toMatchObject({ kind: 'number', nullable: true, max: 50 })
  expect(fieldSpec('reachLimitException')).toMatchObject({ kind: 'text', nullable: true })
  expect(fieldSpec('custom')).toMatchObject({ kind: 'object' })
  expect(fieldSpec('models')).toMatchObject({ kind: 'names', nullable: false })
  expect(fieldSpec('retryUncertain').kind).toBe('choice')
  expect(fieldSpec('budget')).toMatchObject({ kind: 'budget', nullable: true })
  expect(fieldSpec('deployments').kind).toBe('deployments')
  expect(fieldSpec('outbound')).toMatchObject({ kind: 'outbound', nullable: true })
  expect(fieldSpec('apiVersion')).toMatchObject({ kind: 'text', nullable: true })
  expect(fieldSpec('cacheTtl')).toMatchObject({ kind: 'number', seconds: true, min: 0 })
  expect(fieldSpec('limits').kind).toBe('limits')
  expect(fieldSpec('fallback').kind).toBe('fallback')
  expect(fieldSpec('limitZone')).toMatchObject({ kind: 'zone', nullable: true })
  expect(fieldSpec('interactiveReserve')).toMatchObject({ kind: 'share', min: 0, max: 0.95 })
})

test('each default is within its own range', () => {
  for (const name of Object.values(fieldGroups).flat()) expect(fieldProblem(name, configDefaults[name])).toBeNull()
  expect(fieldProblem('concurrency', 5000)).toMatch(/1000/)
  expect(fieldProblem('concurrency', '')).not.toBeNull()
})

test('only what was changed is sent, and the contract takes it', () => {
  const changed = { ...draft, name: 'Other', config: { ...draft.config, queueTimeout: 45 } }
  expect(patchOf(draft, changed)).toEqual({ name: 'Other', config: { queueTimeout: 45 } })
  expect(poolPatch.parse(patchOf(draft, changed))).toBeTruthy()
  expect(patchOf(draft, draft)).toEqual({})
})

test('a field set back to its default is sent as such', () => {
  const before = { ...draft, config: { ...draft.config, queueTimeout: 45 } }
  expect(patchOf(before, draft)).toEqual({ config: { queueTimeout: 30 } })
})

test('a new pool says its whole configuration, and of its provider only what differs', () => {
  const create = createOf(draft, provider())
  expect(create).toEqual({
    slug: 'main',
    draft: false,
    name: 'Main',
    provider: 'openai',
    strategy: 'round_robin',
    config: configDefaults,
  })
  expect(poolCreate.parse(create)).toBeTruthy()
  const own = createOf(
    { ...draft, auth: { in: 'query', name: 'key', format: '{key}' }, baseUrl: ' https://a.example ' },
    provider(),
  )
  expect(own).toMatchObject({ baseUrl: 'https://a.example', auth: { in: 'query' } })
})

test('JSON and form are the same pool, both ways', () => {
  const changed = { ...draft, strategy: 'weighted' as const, config: { ...draft.config, maxAttempts: 3 } }
  const result = draftOfJson(jsonOf(changed, 'new', configDefaults), draft, 'new', configDefaults)
  expect('draft' in result && isDirty(changed, result.draft)).toBe(false)
})

test('a field left out of the JSON has its default', () => {
  const before = { ...draft, config: { ...draft.config, maxAttempts: 3 } }
  const result = draftOfJson(jsonOf(draft, 'edit', configDefaults), before, 'edit', configDefaults)
  expect('draft' in result && result.draft.config.maxAttempts).toBe(8)
})

test('a new pool begins with what the settings say, and its JSON leaves that out', () => {
  const begin = settingsSchema.shape.newPools.unwrap().parse({ strategy: 'lru', config: { timeout: 120 } })
  const fresh = newDraft(provider(), begin)
  expect(fresh).toMatchObject({ strategy: 'lru', config: { ...configDefaults, timeout: 120 } })
  const defaults = configOfNew(begin)
  expect(JSON.parse(jsonOf(fresh, 'new', defaults))).toMatchObject({ strategy: 'lru', config: {} })
  const asBuilt = { ...fresh, config: configDefaults }
  expect(JSON.parse(jsonOf(asBuilt, 'edit', defaults))).toHaveProperty('config', { timeout: configDefaults.timeout })
  const read = draftOfJson(jsonOf(fresh, 'new', defaults), asBuilt, 'new', defaults)
  expect('draft' in read && read.draft.config.timeout).toBe(120)
})

test('JSON that is no pool says where', () => {
  const text = JSON.stringify({
    ...JSON.parse(jsonOf(draft, 'edit', configDefaults)),
    config: { queueTimeout: 9999 },
    colour: 'red',
  })
  const result = draftOfJson(text, draft, 'edit', configDefaults)
  expect('issues' in result && result.issues.map(({ path }) => path)).toEqual(expect.arrayContaining(['config.queueTimeout']))
  expect(draftOfJson('{', draft, 'edit', configDefaults)).toHaveProperty('notJson')
  expect(
    draftOfJson(
      JSON.stringify({ ...JSON.parse(jsonOf(draft, 'edit', configDefaults)), slug: 'new' }),
      draft,
      'edit',
      configDefaults,
    ),
  ).toHaveProperty('issues')
})

test('a reserved or malformed slug is an issue of its field', () => {
  expect(draftIssues({ ...draft, slug: 'v1' }, 'new')[0]?.path).toBe('slug')
  expect(draftIssues({ ...draft, slug: '../x' }, 'new')[0]?.path).toBe('slug')
  expect(draftIssues(draft, 'new')).toEqual([])
})

test('a name becomes a slug that is free and allowed', () => {
  expect(slugOf('My Pool!', 'openai', [])).toBe('my-pool')
  expect(slugOf('My Pool', 'openai', ['my-pool'])).toBe('my-pool-2')
  expect(slugOf('密钥', 'openai', ['openai'])).toBe('openai-2')
  expect(slugOf('API', 'openai', [])).toBe('api-2')
  expect(slugOf('x'.repeat(200), 'openai', [])).toHaveLength(60)
  for (const name of ['Ünïcode', '--a--', 'v1beta', '9'.repeat(99)]) {
    expect(poolCreate.shape.slug.safeParse(slugOf(name, 'openai', [])).success).toBe(true)
  }
})

test('a target without a name takes the provider’s', () => {
  expect(poolFor({ kind: 'new', provider: 'openai', name: ' ', baseUrl: '', chosen: false }, [], [provider()])).toMatchObject({
    slug: 'openai',
    name: 'OpenAI',
  })
})

test('a table or object that says nothing valid is an issue, not the default', () => {
  for (const name of ['limits', 'custom'] as const) {
    const config = { ...draft.config, [name]: null }
    expect(draftIssues({ ...draft, config }, 'edit')[0]?.path).toBe(`config.${name}`)
  }
})

test('a fallback rule without a model or a chain is an issue at its own place', () => {
  const rules = '[{"model":"a","then":["b"]},{"model":" ","then":[]}]'
  const config = { ...draft.config, fallback: JSON.parse(rules) as typeof draft.config.fallback }
  expect(draftIssues({ ...draft, config }, 'edit').map(({ path }) => path)).toEqual([
    'config.fallback.1.model',
    'config.fallback.1.then',
  ])
})

test('what means something for Azure alone is shown for Azure, and wherever it was set', () => {
  expect(isShown('apiVersion', 'azure-openai', false)).toBe(true)
  expect(isShown('apiVersion', null, false)).toBe(true)
  expect(isShown('apiVersion', 'openai', false)).toBe(false)
  expect(isShown('apiVersion', 'openai', true)).toBe(true)
  expect(isShown('deployments', 'openai', false)).toBe(false)
  expect(isShown('models', 'openai', false)).toBe(true)
})
