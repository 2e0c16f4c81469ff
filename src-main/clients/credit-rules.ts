/** What calls cost of their client's quotas. Pure. */
import type { CreditRule } from '../../src-preload/contract/index.ts'

/** What a call uses: tokens of input and output together, money in billionths of a US dollar. */
export interface CallUse {
  tokens: number
  nanos: number
}

/** More than this no call costs; sums of them stay exact to a millionth. */
const most = 1e9

/** What every call costs that no rule is for. */
const usual: CreditRule = { pool: '*', model: '*', perCall: 1, perThousandTokens: 0, perUsd: 0 }

/** The first rule that fits. `model` as the client asked for it; null = it named none, which only `*` fits. */
export function creditRuleFor(rules: readonly CreditRule[], pool: string, model: string | null): CreditRule {
  return rules.find((rule) => (rule.pool === '*' || rule.pool === pool) && fits(rule.model, model)) ?? usual
}

/** Credits of a call, from 0 to 1e9. Figures that make no sense count as none. */
export function creditsBy({ perCall, perThousandTokens, perUsd }: CreditRule, { tokens, nanos }: CallUse): number {
  return Math.min(most, perCall + (perThousandTokens * sound(tokens)) / 1000 + (perUsd * sound(nanos)) / 1e9)
}

function fits(pattern: string, model: string | null): boolean {
  if (pattern === '*') return true
  if (model === null) return false
  return pattern.endsWith('*') ? model.startsWith(pattern.slice(0, -1)) : pattern === model
}

function sound(figure: number): number {
  return figure > 0 ? Math.min(figure, 1e15) : 0
}
