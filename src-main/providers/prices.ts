/** What a call cost: by the user's own prices, by what the provider says it charged, or by a table; nothing is fetched. */
import type { PriceRule } from '../../src-preload/contract/index.ts'
import { memoized } from './prices-memory.ts'
import { ownPrice, ruleFor } from './prices-own.ts'
import { tablePrice, tableVersion } from './prices-table.ts'
import type { TokenUsage } from './types.ts'

/**
 * What a call cost; null when nobody knows: its model has no price, or the answer does not say how many tokens of a priced kind
 * it used. `nanos` are billionths of a US dollar, a whole number ≥ 0; `version` is the table's, `own` for the user's price, or
 * `charged` for what the provider says.
 */
export type Pricing = (provider: string, model: string | null, usage: TokenUsage) => { nanos: number; version: string } | null

/** Prices by `rules`, asked for at each call but looked through only once a model while they are the same object; then by the rest. */
export function createPricing(rules: () => readonly PriceRule[]): Pricing {
  let list = rules()
  let ruleOf = memoized((provider, model) => ruleFor(list, provider, model))
  return (provider, model, usage) => {
    const newest = rules()
    if (newest !== list) {
      list = newest
      ruleOf = memoized((known, name) => ruleFor(newest, known, name))
    }
    const rule = ruleOf(provider, model ?? '')
    if (rule !== null) return priced(ownPrice(rule, usage), 'own')
    // Only here is a field of this name known to be dollars (openrouter.ai/docs/use-cases/usage-accounting).
    if (provider === 'openrouter' && usage.chargedUsd !== undefined) return priced(usage.chargedUsd, 'charged')
    return priced(model === null ? null : tablePrice(provider, model, usage), tableVersion)
  }
}

function priced(usd: number | null, version: string): ReturnType<Pricing> {
  return usd === null ? null : { nanos: Math.round(usd * 1e9), version }
}
