/** The fail-over drill tells the truth: what a pool's rules keep passes, what they cannot keep fails with the reason, and nothing is left behind. */
import { describe, expect, it } from 'vitest'
import { systemClock } from '../../src-main/pool/clock.ts'
import { type StrategyName, strategyNames } from '../../src-main/pool/types.ts'
import { createCatalog } from '../../src-main/services/catalog.ts'
import { createDrill } from '../../src-main/services/drill/drill.ts'
import { newPool } from '../../src-main/services/pools/pool-row.ts'
import type { KeyRow } from '../../src-main/storage/types.ts'
import {
  type AuthStyle,
  type DrillFault,
  type DrillReport,
  drillFaults,
  type PoolConfigInput,
  providerIds,
} from '../../src-preload/contract/index.ts'
import { nothingStored } from '../storage/fixtures.ts'

interface Setup {
  provider?: string
  auth?: AuthStyle
  strategy?: StrategyName
  config?: PoolConfigInput
  keys?: number
  /** Keys that cannot be used. */
  disabled?: number
  account?: (key: number) => string | null
}

const sockets = () => process.getActiveResourcesInfo().filter((name) => /^(TCP|Server)/i.test(name)).length

function openDrill(setup: Setup = {}) {
  const { provider = 'openai', auth, strategy = 'round_robin', config = {}, keys = 4, disabled = 0, account = () => null } = setup
  const baseUrl = 'https://upstream.example'
  const pool = newPool({ slug: 'main', draft: false, provider, baseUrl, strategy, config, ...(auth ? { auth } : {}) }, 0)
  const key = (index: number): KeyRow => ({
    id: `key-${index}`,
    label: `Key ${index}`,
    identifier: null,
    clientConfig: null,
    provider,
    hint: '…',
    tags: [],
    notes: '',
    enabled: index < keys,
    fingerprint: null,
    audience: [],
    limits: {},
    limitZone: 'UTC',
    budget: null,
    outbound: null,
    account: account(index),
    discovered: null,
    expiresAt: null,
    checkedAt: null,
    createdAt: 0,
    deletedAt: null,
  })
  const rows = Array.from({ length: keys + disabled }, (_, index) => key(index))
  const memberships = rows.map(({ id }, priority) => ({ keyId: id, pool: 'main', priority, weight: 1 + priority }))
  const catalog = createCatalog({ write: () => Promise.resolve() }, { ...nothingStored, pools: [pool], keys: rows, memberships })
  const logged: string[] = []
  const note = (fields: object, message: string) => void logged.push(JSON.stringify({ message, ...fields }))
  return { drill: createDrill({ catalog, clock: systemClock(), log: { info: note, warn: note } }), logged }
}

async function run(setup?: Setup): Promise<DrillReport> {
  const { drill, logged } = openDrill(setup)
  const report = await drill.run('main')
  expect(logged).toEqual([])
  return report
}

const failures = (report: DrillReport) =>
  Object.fromEntries(report.promises.filter(({ passed }) => !passed).map(({ fault, seen }) => [fault, seen]))
const seenOf = (report: DrillReport, fault: DrillFault) => report.promises.find((one) => one.fault === fault)?.seen

describe('promises kept', () => {
  it('every one with the defaults', async () => {
    const report = await run()
    expect(failures(report)).toEqual({})
    expect(report).toMatchObject({ pool: 'main', keys: 4, passed: drillFaults.length, failed: 0 })
    expect(report.promises.map(({ fault }) => fault)).toEqual(drillFaults)
    expect(report.calls).toBeGreaterThan(15)
    expect(report.notes).toEqual([expect.stringContaining('1 s instead of 600 s')])
  })

  it('whatever the provider', async () => {
    const ids = providerIds.filter((id) => id !== 'custom')
    const reports = await Promise.all(ids.map((provider) => run({ provider })))
    expect(reports.map(failures)).toEqual(ids.map(() => ({})))
  })

  it('under every strategy', async () => {
    const reports = await Promise.all(strategyNames.map((strategy) => run({ strategy, keys: 3 })))
    expect(reports.map(failures)).toEqual(strategyNames.map(() => ({})))
  })

  it.each<[string, AuthStyle]>([
    ['a header of its own', { in: 'header', name: 'X-Secret', format: 'Token {key}.' }],
    ['the query', { in: 'query', name: 'key', format: '{key}' }],
  ])('with the key in %s', async (_, auth) => {
    expect(failures(await run({ auth }))).toEqual({})
  })

  it('with two accounts of many keys', async () => {
    const report = await run({ keys: 6, account: (key) => (key < 3 ? 'one' : 'two') })
    expect(failures(report)).toEqual({})
  })

  it('and a silent call is repeated where the pool allows it', async () => {
    const [never, twice] = await Promise.all([run(), run({ config: { retryOnFailure: true, maxRetries: 2 } })])
    expect(seenOf(never, 'slow-first-byte')).toContain('not sent again: the client was told 504')
    expect(seenOf(twice, 'slow-first-byte')).toContain('served in 2 attempts')
  })
})

describe('promises that cannot be kept', () => {
  it('with one attempt per call', async () => {
    const found = failures(await run({ config: { maxAttempts: 1 } }))
    expect(Object.keys(found)).toEqual(['rate-short', 'rate-daily', 'key-invalid', 'overloaded', 'error-in-200'])
    for (const seen of Object.values(found)) expect(seen).toContain('one attempt per call (maxAttempts)')
  })

  it('with one key', async () => {
    const found = failures(await run({ keys: 1 }))
    expect(Object.keys(found)).toEqual(['rate-short', 'rate-daily', 'key-invalid', 'overloaded', 'error-in-200'])
    for (const seen of Object.values(found)) expect(seen).toContain('the pool has one key')
    // The same as data, for a window that says it in another language.
    const { promises } = await run({ keys: 1 })
    expect(promises[0]?.said).toEqual([
      { id: 'ended', values: { answer: expect.stringContaining('429') }, because: { id: 'oneKey', values: {} } },
    ])
    expect(promises.at(-1)?.said.map((sentence) => sentence.in)).toEqual(['json', 'stream'])
  })

  it('with many keys of one account, whose day is over for all of them', async () => {
    const report = await run({ account: () => 'one' })
    expect(Object.keys(failures(report))).toContain('rate-daily')
    expect(seenOf(report, 'rate-daily')).toContain('its 4 keys are of one account, so what holds one holds all')
    expect(failures(report)['key-invalid']).toBeUndefined()
  })

  it('with a breaker that opens at once', async () => {
    const report = await run({ config: { breakerFailures: 1 } })
    expect(failures(report)).toEqual({ overloaded: expect.stringContaining('(breakerFailures)') })
  })

  it('where any answer with status 200 is a good one', async () => {
    const found = failures(await run({ provider: 'custom' }))
    expect(found).toEqual({ 'error-in-200': expect.stringContaining('was not seen and passed on as the answer') })
  })
})

describe('a run', () => {
  it('copies twenty keys of a large pool, and says so', async () => {
    const report = await run({ keys: 31, disabled: 3 })
    expect([report.keys, failures(report)]).toEqual([20, {}])
    expect(report.notes).toContain('20 of its 31 keys had a stand-in.')
  })

  it('tries an empty pool with two keys, and says so', async () => {
    const report = await run({ keys: 0, disabled: 2 })
    expect(report.keys).toBe(2)
    expect(report.notes).toContain('The pool has no usable key; 2 stood in all the same.')
  })

  it('is not held up by limits, budgets, fallbacks or kept answers, and says so', async () => {
    // oxlint-disable-next-line unicorn/no-thenable -- a list, not a function
    const fallback = [{ model: '*', then: ['other'] }]
    const limits = { '*': { rpm: 1, tpm: 1 } }
    const config = { limits, rateLimit: 1, budget: { usd: 0, per: 'day' as const }, fallback, cacheTtl: 60, timeout: 1 }
    const report = await run({ config })
    expect(failures(report)).toEqual({})
    expect(report.notes).toEqual([
      'Its limits were left out.',
      'Its budget was left out.',
      'Its fallbacks were left out.',
      'Its kept answers were left out.',
    ])
    expect(report.noted.map(({ id }) => id)).toEqual(['leftLimits', 'leftBudget', 'leftFallbacks', 'leftAnswers'])
  })

  it('leaves no socket and no server behind', async () => {
    await run()
    await expect.poll(() => sockets()).toBe(0)
  })

  it('is shared by those who ask for it at the same time', async () => {
    const { drill } = openDrill()
    const [one, other] = await Promise.all([drill.run('main'), drill.run('main')])
    expect(one).toBe(other)
    expect(await drill.run('main')).not.toBe(one)
  })

  it('ends at once when Keywheel closes, with nothing left', async () => {
    await expect.poll(() => sockets()).toBe(0)
    const { drill } = openDrill()
    const ended = drill.run('main').then(
      () => 'a report',
      (error: unknown) => String(error),
    )
    await expect.poll(() => sockets()).toBeGreaterThan(3)
    await drill.close()
    expect(await ended).toBe('Error: Keywheel is closing.')
    await expect.poll(() => sockets()).toBe(0)
  })

  it('wants a pool that is there', async () => {
    await expect(openDrill().drill.run('nowhere')).rejects.toMatchObject({ code: 'POOL_NOT_FOUND' })
  })

  it('shows none of the keys it invented', async () => {
    expect(JSON.stringify(await run())).not.toMatch(/drill-[0-9a-f]{8}/)
  })
})
