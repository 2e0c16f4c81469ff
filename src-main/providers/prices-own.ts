/** The user's own prices. */
import type { PriceRule } from '../../src-preload/contract/index.ts'
import type { TokenUsage } from './types.ts'

/** The first that fits; `model` '' = unknown, which only `*` fits. */
export function ruleFor(rules: readonly PriceRule[], provider: string, model: string): PriceRule | null {
  return rules.find((rule) => (rule.provider === '*' || rule.provider === provider) && fits(rule.model, model)) ?? null
}

function fits(pattern: string, model: string): boolean {
  return pattern.endsWith('*') ? model.startsWith(pattern.slice(0, -1)) : pattern === model
}

/** US dollars; null when tokens that have a price are not known. What costs nothing needs no count. */
export function ownPrice(rule: PriceRule, usage: TokenUsage): number | null {
  const input = partOf(usage.inputTokens, rule.input)
  const output = partOf(usage.outputTokens, rule.output)
  if (input === null || output === null) return null
  // What an answer does not say of its cache was not cached.
  const read = (usage.cacheReadTokens ?? 0) * (rule.cacheRead ?? rule.input)
  const written = (usage.cacheWriteTokens ?? 0) * (rule.cacheWrite ?? rule.input)
  return (input + output + read + written) / 1e6
}

function partOf(tokens: number | null, price: number): number | null {
  if (price === 0) return 0
  return tokens === null ? null : tokens * price
}
