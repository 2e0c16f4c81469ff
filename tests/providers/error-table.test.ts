/** Provider × situation → outcome, who is held back, and how long: the providers' rules and the engine together. */
import { describe, expect, it } from 'vitest'
import { periodEnd } from '../../src-main/base/calendar.ts'
import { createPoolEngine } from '../../src-main/pool/engine.ts'
import { defaultRules } from '../../src-main/pool/rules.ts'
import type { Outcome } from '../../src-main/pool/types.ts'
import { providers } from '../../src-main/providers/index.ts'
import { VirtualClock } from '../support/clock.ts'
import { noon } from './answers.ts'
import { errorTable, type Row, type Scope } from './error-table-rows.ts'

/** Two keys of account a and one of account b, each for the model that is called and for another one. */
const places = ['a1 called', 'a1 other', 'a2 called', 'a2 other', 'b1 called', 'b1 other'] as const
const held: Readonly<Record<string, Scope>> = {
  '': 'nobody',
  'a1 called': 'key × model',
  'a1 called, a1 other': 'key',
  'a1 called, a2 called': 'account × model',
  'a1 called, a1 other, a2 called, a2 other': 'account',
  'a1 called, a2 called, b1 called': 'upstream × model',
}

/** What an outcome of a call on key a1 does: whom it holds back, and for how long. */
function consequence(outcome: Outcome, hintMaxMs: number): [string, number] {
  const clock = new VirtualClock(noon)
  const engine = createPoolEngine({ clock, random: () => 0, calendar: { periodEnd } })
  // A breaker that opens at the first overload, so that a single answer shows what it does; a pool for each key, to ask for it alone.
  const rules = { ...defaultRules, upstream: 'upstream', breakerFailures: 1, hintMaxMs }
  for (const id of ['a1', 'a2', 'b1']) {
    engine.setPool(id, rules)
    engine.setKey({ id, enabled: true, expiresAt: null, bucket: id.slice(0, 1) })
    engine.setMember(id, id, { priority: 0, weight: 1 })
  }
  const on = (place: string) => {
    const [pool = '', model = ''] = place.split(' ')
    return engine.tryLease({ pool, model })
  }
  const call = on('a1 called')
  if (call.kind !== 'lease') throw new Error('the first call got no key')
  engine.report(call.lease, outcome)
  const waits = new Map<string, number>()
  for (const place of places) {
    const result = on(place)
    if (result.kind === 'lease') engine.cancel(result.lease)
    else if (result.kind === 'wait') waits.set(place, (result.wakeAt ?? Number.POSITIVE_INFINITY) - clock.mono())
    else waits.set(place, result.retryAfterMs ?? Number.POSITIVE_INFINITY)
  }
  engine.close()
  const names = [...waits.keys()].join(', ')
  return [held[names] ?? names, Math.max(0, ...waits.values())]
}

const fortyDays = 40 * 86_400_000

describe.each(Object.entries(errorTable) as [keyof typeof errorTable, Row[]][])('%s', (id, rows) => {
  it.each(rows)('%s', (_, answer, kind, scope, wait) => {
    const outcome = providers[id].classify(answer, noon)
    expect([outcome.class, ...consequence(outcome, fortyDays)]).toEqual([kind, scope, wait])
  })
})

it('a hint is believed for a day, unless a pool says otherwise', () => {
  const { class: kind, holdMs } = providers.anthropic.classify(errorTable.anthropic[6]![1], noon)
  expect([kind, holdMs]).toEqual(['no-credit', 16.5 * 86_400_000])
  expect(consequence({ class: kind, holdMs: holdMs! }, defaultRules.hintMaxMs)).toEqual(['account', 86_400_000])
})
