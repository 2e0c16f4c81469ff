/** Where a call goes when no key is ready for its model: the chains that the pools' rules make. Pure. */
import { EngineError } from './errors.ts'
import { fits } from './limit-lookup.ts'
import type { Fallback } from './types.ts'

/** Steps of one chain after the model that was asked for. */
const LONGEST = 8

export interface Step {
  readonly pool: string
  readonly model: string
}

/** The fallback rules of a pool; undefined = there is no such pool. */
export type RulesOf = (pool: string) => readonly Fallback[] | undefined

/** The models that may serve a call, in order, the asked one first: depth first, each pool × model once. */
export function chainOf(asked: Step, rulesOf: RulesOf): Step[] {
  const chain = [asked]
  const seen = new Set([nameOf(asked)])
  const walk = (step: Step, used: readonly Fallback[]) => {
    const rule = ruleFor(step, rulesOf)
    // A wildcard also fits the models that it leads to; those are its end, not its beginning.
    if (!rule || used.includes(rule)) return
    for (const target of targetsOf(step.pool, rule, rulesOf)) {
      if (chain.length > LONGEST || seen.has(nameOf(target))) continue
      seen.add(nameOf(target))
      chain.push(target)
      walk(target, [...used, rule])
    }
  }
  walk(asked, [])
  return chain
}

/** Throws FALLBACK_CYCLE when a chain of these pools leads back to where it was. */
export function checkCycles(pools: Iterable<string>, rulesOf: RulesOf): void {
  for (const pool of pools) {
    for (const { model, then } of rulesOf(pool) ?? []) {
      // What stands for a wildcard is a model that no other rule names.
      const first = model.endsWith('*') ? `${model.slice(0, -1)}\u0000` : model
      visit({ pool, model: first }, [], [], rulesOf)
      for (const name of then) visit(resolve(pool, name, rulesOf), [], [], rulesOf)
    }
  }
}

function visit(step: Step, path: readonly Step[], used: readonly Fallback[], rulesOf: RulesOf): void {
  const rule = ruleFor(step, rulesOf)
  if (!rule || used.includes(rule)) return
  const here = [...path, step]
  for (const target of targetsOf(step.pool, rule, rulesOf)) {
    const isWildcard = rule.model.endsWith('*')
    if (isWildcard && nameOf(target) === nameOf(step)) continue
    if (here.some((one) => nameOf(one) === nameOf(target))) {
      const words = [...here, target].map(nameOf).join(' → ')
      throw new EngineError('FALLBACK_CYCLE', `the fallback leads back to where it was: ${words}`, 'fallback')
    }
    visit(target, here, [...used, rule], rulesOf)
  }
}

function ruleFor({ pool, model }: Step, rulesOf: RulesOf): Fallback | undefined {
  return rulesOf(pool)?.find((rule) => rule.model === model || fits(rule.model, model))
}

function targetsOf(pool: string, rule: Fallback, rulesOf: RulesOf): Step[] {
  return rule.then.map((name) => resolve(pool, name, rulesOf))
}

/** `pool/model` only if there is such a pool: names of models hold slashes, too. */
function resolve(pool: string, name: string, rulesOf: RulesOf): Step {
  const slash = name.indexOf('/')
  const other = name.slice(0, Math.max(0, slash))
  return slash > 0 && rulesOf(other) !== undefined ? { pool: other, model: name.slice(slash + 1) } : { pool, model: name }
}

function nameOf({ pool, model }: Step): string {
  return `${pool}/${model}`
}
