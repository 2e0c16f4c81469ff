/**
 * A day of 10,000 keys in 500 accounts × 5 models, all of them wanted more than the provider allows: with its limits
 * known, announced in its answers, and never named at all. What the provider does and what is simplified stands at the
 * head of simulation-upstream.ts, how its callers behave at that of simulation-world.ts. Nothing is timed.
 */
import { describe, expect, it } from 'vitest'
import type { Limit, Limits } from '../../src-main/pool/types.ts'
import { HOUR, MINUTE, type Quota, type UpstreamCell } from './simulation-upstream.ts'
import { type DayPlan, type DayResult, type ModelPlan, type Refusal, World } from './simulation-world.ts'

const none = Number.POSITIVE_INFINITY
const ACCOUNTS = 500
const TIMEOUT = 600_000

function plan(quota: Partial<Quota>, rest: Partial<ModelPlan> & { name: string }): ModelPlan {
  return {
    quota: { minutes: 'sliding', rpm: none, tpm: none, rpd: none, ...quota },
    from: 0,
    to: 24,
    callers: 200,
    tokens: [50, 150],
    ...rest,
  }
}

function limitsOf(models: readonly ModelPlan[]): Limits {
  return Object.fromEntries(models.map(({ name, quota }) => [name, limitsFor(quota)]))
}

function limitsFor({ rpm, tpm, rpd }: Quota): Limit[] {
  const window = { slideMs: MINUTE }
  const all: Limit[] = [
    { unit: 'requests', window, amount: rpm },
    { unit: 'total', window, amount: tpm },
    { unit: 'requests', window: { calendar: 'day', zone: 'America/Los_Angeles' }, amount: rpd },
  ]
  return all.filter(({ amount }) => amount < none)
}

interface Figures {
  model: string
  calls: number
  /** Part of what the provider would have allowed all accounts in the model's hours. */
  used: number
  refusals: number
}

function figures(result: DayResult, models: readonly ModelPlan[]): Figures[] {
  return models.map((model) => {
    const cells = result.cells.get(model.name) ?? []
    const calls = sum(cells, ({ taken }) => taken)
    const { rpd, rpm, tpm } = model.quota
    const minutes = (model.to - model.from) * 60
    // A whole virtual day sees two of the provider's days: it begins and ends between midnights.
    const allowed = Math.min(rpd * 2, rpm * minutes) * ACCOUNTS
    const used = allowed < none ? calls / allowed : sum(cells, ({ tokens }) => tokens) / (tpm * minutes * ACCOUNTS)
    return { model: model.name, calls, used, refusals: sum(cells, ({ refusals }) => refusals.length) }
  })
}

function sum(cells: readonly UpstreamCell[], of: (cell: UpstreamCell) => number): number {
  return cells.reduce((total, cell) => total + of(cell), 0)
}

function play(title: string, day: DayPlan): { result: DayResult; all: Figures[] } {
  const result = new World(day).run()
  const all = figures(result, day.models)
  const lines = all.map(
    ({ model, calls, used, refusals }) =>
      `  ${model}: ${calls} calls, ${(used * 100).toFixed(1)} % of capacity, ${refusals} × 429`,
  )
  const steps = (result.steps / result.leases).toFixed(2)
  process.stdout.write(`${title}: ${result.leases} leases, ${steps} steps a lease\n${lines.join('\n')}\n`)
  return { result, all }
}

/** Refusals that came less than a minute after another of the same account × model. */
function secondsOfTheirWindow(refusals: readonly Refusal[]): { refusal: Refusal; before: Refusal }[] {
  const firsts = new Map<string, Refusal>()
  return refusals.flatMap((refusal) => {
    const cell = `${refusal.model} ${refusal.account}`
    const before = firsts.get(cell)
    if (before && refusal.arrivedAt - before.arrivedAt < MINUTE) return [{ refusal, before }]
    firsts.set(cell, refusal)
    return []
  })
}

describe('a day of 10,000 keys in 500 accounts × 5 models', () => {
  it('with limits that are known: no refusal at all, and all but a twentieth of the capacity is used', {
    timeout: TIMEOUT,
  }, () => {
    const models = [
      plan({ rpm: 5, rpd: 150 }, { name: 'daily' }),
      plan({ rpm: 10, rpd: 150, minutes: 'fixed' }, { name: 'daily-fixed' }),
      plan({ rpm: 5 }, { name: 'requests', from: 2, to: 3 }),
      plan({ tpm: 2000 }, { name: 'tokens', from: 4, to: 4.5, callers: 400 }),
      plan({ rpm: 6, tpm: 600, rpd: 100, minutes: 'refilling' }, { name: 'all-three' }),
    ]
    const { result, all } = play('known', { models, limits: limitsOf(models), announces: false })
    for (const { used, refusals } of all) {
      expect(refusals).toBe(0)
      expect(used).toBeGreaterThanOrEqual(0.95)
    }
    expect(result.steps / result.leases).toBeLessThan(30)
  })

  it('with limits that answers announce: no refusal of a call sent after the first answer of its account and model', {
    timeout: TIMEOUT,
  }, () => {
    const minutes = 'refilling'
    const models = [
      plan({ rpm: 5, rpd: 100, minutes }, { name: 'daily' }),
      plan({ rpm: 5, minutes }, { name: 'requests', from: 2, to: 3 }),
      plan({ tpm: 2000, minutes }, { name: 'tokens', from: 4, to: 4.5, callers: 400 }),
      plan({ rpm: 6, tpm: 600, rpd: 100, minutes }, { name: 'all-three' }),
      plan({ rpm: 5, tpm: 1000, minutes: 'fixed' }, { name: 'fixed', from: 10, to: 11 }),
    ]
    const { result, all } = play('announced', { models, limits: {}, announces: true })
    expect(result.refusals.filter(({ sentAt, firstAnswerAt }) => sentAt > firstAnswerAt)).toEqual([])
    for (const { used } of all) expect(used).toBeGreaterThanOrEqual(0.9)
    expect(result.steps / result.leases).toBeLessThan(30)
  })

  it('with limits that are never named: one refusal a window at most, and nine tenths of the capacity are used', {
    timeout: TIMEOUT,
  }, () => {
    const few = { callers: 100 }
    const models = [
      plan({ rpm: 2 }, { name: 'two', from: 0, to: 3, ...few }),
      plan({ rpm: 4 }, { name: 'four', from: 4, to: 7, ...few }),
      plan({ rpm: 3, minutes: 'fixed' }, { name: 'fixed', from: 8, to: 11, ...few }),
      plan({ rpm: 3, minutes: 'refilling' }, { name: 'refilling', from: 12, to: 15, ...few }),
      plan({ tpm: 300 }, { name: 'tokens', from: 16, to: 19, tokens: [100, 100], ...few }),
    ]
    const { result, all } = play('silent', { models, limits: {}, announces: false })
    for (const { used } of all) expect(used).toBeGreaterThanOrEqual(0.9)
    const again = secondsOfTheirWindow(result.refusals)
    const underWay = again.filter(({ refusal, before }) => refusal.sentAt < before.answeredAt)
    process.stdout.write(`  ${underWay.length} more were under way when the first refusal of their window was answered\n`)
    expect(again.length).toBe(underWay.length)
    // Only where nothing is known yet do several calls go out above a limit at once.
    const learnt = underWay.filter(({ refusal }) => refusal.arrivedAt % (4 * HOUR) > 5 * MINUTE)
    expect(learnt).toEqual([])
    expect(result.steps / result.leases).toBeLessThan(30)
  })
})
