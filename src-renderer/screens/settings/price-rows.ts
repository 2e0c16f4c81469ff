/** Prices while they are edited. Pure. */
import { type PriceRule, settingsSchema } from '../../../src-preload/contract/index.ts'
import { issuesOf } from '../../parts/issues.ts'

export const amounts = ['input', 'output', 'cacheRead', 'cacheWrite'] as const
export type Amount = (typeof amounts)[number]

/** A new rule fits nothing before a model is named, and costs nothing before someone says what. */
export const newPrice: PriceRule = { provider: '*', model: '', input: 0, output: 0 }

/** Sets an amount. An emptied cache price is left out (it costs as input); an emptied price is no price and is refused. */
export function withAmount(rule: PriceRule, amount: Amount, value: number | string): PriceRule {
  const { [amount]: _before, ...others } = rule
  if (value !== '') return { ...others, [amount]: Number(value) } as PriceRule
  return (amount === 'input' || amount === 'output' ? { ...others, [amount]: Number.NaN } : others) as PriceRule
}

/** What is wrong with them, by path (`0.model`). */
export function priceIssues(prices: readonly PriceRule[]): Map<string, string> {
  const { error } = settingsSchema.shape.prices.safeParse(prices)
  return new Map(issuesOf(error).map(({ path, message }) => [path, message]))
}
