/** Today's counters of a key against its own daily limits, in aiXplain's words. */
import type { LimitSet, UsageLimit } from '../../../src-preload/contract/index.ts'
import { periodEnd } from '../../base/calendar.ts'
import type { Clock, MeterView, PoolEngine, Unit } from '../../pool/types.ts'
import type { KeyRow } from '../../storage/types.ts'
import type { KeyModelUse, UsageStore } from '../../usage/types.ts'
import { entryFor } from './limit-rules.ts'

interface UsageLimitDeps {
  engine: Pick<PoolEngine, 'meters'>
  clock: Clock
  usage: Pick<UsageStore, 'keyModels'>
}

/** Of `model` alone; without one, of the key as a whole and of each model that has limits of its own. The day is that of the key's zone. */
export async function usageLimits(key: KeyRow, model: string | undefined, deps: UsageLimitDeps): Promise<UsageLimit[]> {
  const now = deps.clock.now()
  const uses = await deps.usage.keyModels({ key: key.id, from: dayStart(key.limitZone, now), to: now + 1 })
  const meters = deps.engine.meters(key.id).filter(({ scope, window }) => scope === 'key' && isDay(window))
  const whole = itemOf(key.limits['*'] ?? {}, meters.filter(isOf('')), uses)
  const ofModel = (name: string): UsageLimit => {
    const set = setFor(key, name) ?? {}
    return {
      ...itemOf(
        set,
        meters.filter(isOf(name)),
        uses.filter((use) => use.model === name),
      ),
      assetId: name,
    }
  }
  if (model !== undefined) return [ofModel(model)]
  const named = Object.keys(key.limits).filter((name) => !name.endsWith('*'))
  const seen = [...meters, ...uses].map((each) => each.model).filter((name) => name !== '' && setFor(key, name) !== undefined)
  return [whole, ...[...new Set([...named, ...seen])].map(ofModel)]
}

const isDay = (window: MeterView['window']) => window !== 'forever' && 'calendar' in window && window.calendar === 'day'
const isOf = (model: string) => (meter: MeterView) => meter.model === model

function setFor(key: KeyRow, model: string): LimitSet | undefined {
  const entry = entryFor(Object.keys(key.limits), model)
  return entry === undefined ? undefined : key.limits[entry]
}

/** What is limited was counted by the engine; the rest is in the request log. */
function itemOf(set: LimitSet, meters: readonly MeterView[], uses: readonly KeyModelUse[]): UsageLimit {
  const tokens: Unit = set.tokenType ?? 'total'
  const counted = (unit: Unit) => meters.find((meter) => meter.unit === unit)?.used
  const logged = (count: (use: KeyModelUse) => number) => uses.reduce((sum, use) => sum + count(use), 0)
  return {
    requestCount: counted('requests') ?? logged(({ requests }) => requests),
    requestCountLimit: set.rpd ?? null,
    tokenCount: counted(tokens) ?? logged((use) => tokensOf(use, tokens)),
    tokenCountLimit: set.tpd ?? null,
  }
}

function tokensOf({ inputTokens, outputTokens }: KeyModelUse, unit: Unit): number {
  if (unit === 'input') return inputTokens
  return unit === 'output' ? outputTokens : inputTokens + outputTokens
}

/** The last midnight in a zone. 26 hours reach back into the day before, however long these days are. */
export function dayStart(zone: string, now: number): number {
  let start = periodEnd('day', zone, now - 26 * 3_600_000)
  for (let next = periodEnd('day', zone, start); next <= now; next = periodEnd('day', zone, start)) start = next
  return start
}
