/** Rules for credits while they are edited. Pure. */
import { type CreditRule, settingsSchema } from '../../../src-preload/contract/index.ts'
import { issuesOf } from '../../parts/issues.ts'

export const creditParts = ['perCall', 'perThousandTokens', 'perUsd'] as const
export type CreditPart = (typeof creditParts)[number]

/** A new rule fits nothing before a model is named, and costs what calls cost without it. */
export const newCreditRule: CreditRule = { pool: '*', model: '', perCall: 1, perThousandTokens: 0, perUsd: 0 }

/** An emptied amount is no amount and is refused. */
export function withCredits(rule: CreditRule, part: CreditPart, value: number | string): CreditRule {
  return { ...rule, [part]: value === '' ? Number.NaN : Number(value) }
}

/** What is wrong with them, by path (`0.model`). */
export function creditIssues(rules: readonly CreditRule[]): Map<string, string> {
  const { error } = settingsSchema.shape.creditRules.safeParse(rules)
  return new Map(issuesOf(error).map(({ path, message }) => [path, message]))
}
