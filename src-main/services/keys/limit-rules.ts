/** Limits as people write them (rpm, tpd, … by model) as the engine's, and back. */
import type { Budget, LimitSet, LimitsByModel, TokenType } from '../../../src-preload/contract/index.ts'
import type { Limit, Limits, Unit, Window } from '../../pool/types.ts'
import { nameOf } from '../../pool/window-name.ts'

const minute: Window = { slideMs: 60_000 }
/** People and scripts call all models together `*`, the engine ''. */
const allModels = '*'

/** Minutes slide; days end at midnight in `zone` (IANA). */
export function limitsOf(limits: LimitsByModel, zone: string): Limits {
  return Object.fromEntries(
    Object.entries(limits).map(([model, set]) => [model === allModels ? '' : model, listOf(set, { calendar: 'day', zone })]),
  )
}

function listOf({ rpm, tpm, rpd, tpd, tokenType = 'total' }: LimitSet, day: Window): Limit[] {
  const limit = (unit: Unit, window: Window, amount: number | undefined) =>
    amount === undefined ? [] : [{ unit, window, amount }]
  return [
    ...limit('requests', minute, rpm),
    ...limit(tokenType, minute, tpm),
    ...limit('requests', day, rpd),
    ...limit(tokenType, day, tpd),
  ]
}

/** What a key may spend, as a limit over all models; its days and months end in `zone`. */
export function budgetLimits(budget: Budget | null, zone: string): Limits {
  if (budget === null) return {}
  const window: Window = budget.per === 'total' ? 'forever' : { calendar: budget.per, zone }
  return { '': [{ unit: 'nanos', window, amount: Math.round(budget.usd * 1e9) }] }
}

/** The limits of both. */
export function joined(a: Limits, b: Limits): Limits {
  const models = new Set([...Object.keys(a), ...Object.keys(b)])
  return Object.fromEntries([...models].map((model) => [model, [...exactly(a, model), ...exactly(b, model)]]))
}

/** What is said about just this name, which may be one that every object has (`constructor`). */
function exactly(limits: Limits, model: string): readonly Limit[] {
  return Object.hasOwn(limits, model) ? (limits[model] ?? []) : []
}

/** The smallest of each limit: what an account may do that several pools say something about. */
export function smallest(all: readonly Limits[]): Limits {
  const [only = {}, ...more] = all
  if (more.length === 0) return only
  const models = new Set(all.flatMap((limits) => Object.keys(limits)))
  return Object.fromEntries([...models].map((model) => [model, smallestOf(all.flatMap((limits) => fitting(limits, model)))]))
}

function smallestOf(limits: readonly Limit[]): Limit[] {
  const least = new Map<string, Limit>()
  for (const limit of limits) {
    const name = `${limit.unit} ${nameOf(limit.window)}`
    const other = least.get(name)
    if (!other || limit.amount < other.amount) least.set(name, limit)
  }
  return [...least.values()]
}

/** What these limits say about a model, or about each model of a prefix. */
function fitting(limits: Limits, model: string): readonly Limit[] {
  const entry = entryFor(Object.keys(limits), model)
  return entry === undefined ? [] : (limits[entry] ?? [])
}

/** The longest of these names and prefixes (`gpt-5*`) that covers a model or prefix; undefined when none does. The whole ('' and `*`) covers only itself. */
export function entryFor(entries: readonly string[], model: string): string | undefined {
  if (model === '' || entries.includes(model)) return entries.includes(model) ? model : undefined
  return entries
    .filter((entry) => entry.length > 1 && entry.endsWith('*') && model.startsWith(entry.slice(0, -1)))
    .toSorted((a, b) => b.length - a.length)[0]
}

/** The engine's limits as people write them. What has no such word (months, other windows, a second kind of tokens) is left out. */
export function limitsByModel(limits: Limits): LimitsByModel {
  return Object.fromEntries(Object.entries(limits).map(([model, list]) => [model === '' ? allModels : model, setOf(list)]))
}

function setOf(limits: readonly Limit[]): LimitSet {
  const tokenType = limits.map(({ unit }) => unit).find((unit): unit is TokenType => unit !== 'requests' && unit !== 'nanos')
  const set: LimitSet = tokenType === undefined || tokenType === 'total' ? {} : { tokenType }
  for (const { unit, window, amount } of limits) {
    const per = perOf(window)
    if (per === null || (unit !== 'requests' && unit !== tokenType)) continue
    set[`${unit === 'requests' ? 'r' : 't'}p${per}`] = amount
  }
  return set
}

function perOf(window: Window): 'm' | 'd' | null {
  if (window === 'forever') return null
  if ('slideMs' in window) return window.slideMs === 60_000 ? 'm' : null
  return window.calendar === 'day' ? 'd' : null
}
