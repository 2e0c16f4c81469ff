/** How much a Gemini model is to think, in the words that its age knows. */
import { effortOf } from '../shared/effort.ts'
import { budgetOf } from '../shared/thinking-budget.ts'
import type { Thinking } from '../types.ts'
import type { ModelRules } from './model-rules.ts'

type Config = Record<string, unknown>

/** `config` null = nothing is to be said; `dropped` = what was asked for cannot be had quite so. */
export function writeThinking(thinking: Thinking | null, rules: ModelRules): { config: Config | null; dropped: boolean } {
  if (thinking === null) return { config: null, dropped: false }
  const off = thinking.mode === 'off' || thinking.effort === 'none' || (thinking.mode === 'budget' && thinking.budget === 0)
  if (rules.thinking === 'none') return { config: null, dropped: !off }
  if (off) return asLittleAsCanBe(rules)
  const shown = thinking.visible ? { includeThoughts: true } : {}
  const amount = rules.thinking === 'budget' ? { thinkingBudget: budget(thinking, rules) } : level(thinking, rules)
  return { config: { ...shown, ...amount }, dropped: false }
}

/** Gemini 2.5 Pro and Gemini 3 cannot be kept from thinking altogether. */
function asLittleAsCanBe({ thinking, least }: ModelRules): { config: Config; dropped: boolean } {
  if (thinking === 'budget') return { config: { thinkingBudget: least.budget }, dropped: least.budget > 0 }
  return { config: { thinkingLevel: least.level }, dropped: true }
}

function budget(thinking: Thinking, { least }: ModelRules): number {
  if (thinking.mode === 'auto') return -1
  const tokens = thinking.budget ?? (thinking.effort === null ? null : budgetOf(thinking.effort))
  return tokens === null ? -1 : Math.max(least.budget, Math.round(tokens))
}

/** Without a level the model decides, which is Gemini's own way. */
function level(thinking: Thinking, rules: ModelRules): Config {
  switch (effortOf(thinking)) {
    case null:
    case 'none':
      return {}
    case 'minimal':
      return { thinkingLevel: rules.least.level }
    case 'low':
      return { thinkingLevel: 'LOW' }
    case 'medium':
      return { thinkingLevel: rules.medium ? 'MEDIUM' : 'HIGH' }
    case 'high':
    case 'xhigh':
    case 'max':
      return { thinkingLevel: 'HIGH' }
  }
}
