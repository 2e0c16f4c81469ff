/** A change tried on an engine that nobody uses: what the engine would refuse is refused before it is stored. */
import { KeywheelError } from '../../../src-preload/contract/index.ts'
import { periodEnd } from '../../base/calendar.ts'
import { createPoolEngine } from '../../pool/engine.ts'
import { EngineError } from '../../pool/errors.ts'
import type { Clock } from '../../pool/types.ts'
import type { KeyRow, PoolRow } from '../../storage/types.ts'
import { setRules, specOf } from '../engine-sync.ts'
import { rulesOf } from './pool-rules.ts'

const stillClock: Clock = { now: () => 0, mono: () => 0, after: () => () => {} }

const emptyEngine = () => createPoolEngine({ clock: stillClock, random: () => 0, calendar: { periodEnd } })

/** Takes pools one after the other, beside those it was made with. */
export interface PoolRehearsal {
  /** INVALID_INPUT naming the field, e.g. `config.fallback` for a circle. What is refused is not there for the next. */
  add(row: PoolRow): void
}

export function rehearsePools(present: Iterable<PoolRow>): PoolRehearsal {
  const engine = emptyEngine()
  const rows = new Map([...present].map((row) => [row.slug, row]))
  const isPool = (slug: string) => rows.has(slug)
  for (const row of rows.values()) setRules(engine, row.slug, rulesOf(row, isPool), () => {})
  return {
    add(row) {
      const before = rows.get(row.slug)
      rows.set(row.slug, row)
      try {
        engine.setPool(row.slug, rulesOf(row, isPool))
      } catch (error) {
        if (before) rows.set(row.slug, before)
        else rows.delete(row.slug)
        throw refusal(error, (field) => (field === 'strategy' ? field : `config.${field.replace(/Ms$/, '')}`))
      }
    },
  }
}

/** INVALID_INPUT naming the field, e.g. `limits.gpt-5.rpm`. */
export function rehearseKey(row: KeyRow): void {
  try {
    emptyEngine().setKey(specOf(row))
  } catch (error) {
    throw refusal(error, (field) => field || 'limits')
  }
}

function refusal(error: unknown, pathOf: (field: string) => string): unknown {
  if (!(error instanceof EngineError)) return error
  const path = pathOf(error.field)
  return new KeywheelError('INVALID_INPUT', `${path}: ${error.message}`, { fields: [{ path, message: error.message }] })
}
