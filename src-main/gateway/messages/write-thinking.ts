/** How much a Claude model is to think, in the words that its age knows. */
import { effortOf } from '../shared/effort.ts'
import { budgetOf } from '../shared/thinking-budget.ts'
import type { Conversation, Thinking } from '../types.ts'
import type { ModelRules } from './model-rules.ts'

/** Anthropic's least. */
const budgetMin = 1024

/** Tokens for an answer beside the thinking. */
const answerRoom = 8192

interface WrittenThinking {
  thinking: Record<string, unknown> | null
  effort: string | null
  maxTokens: number
  /** It was asked for and cannot be had. */
  dropped: boolean
}

export function writeThinking(conversation: Conversation, rules: ModelRules): WrittenThinking {
  const asked = wanted(conversation.thinking)
  const maxTokens = conversation.maxTokens ?? rules.maxTokens
  const none: WrittenThinking = { thinking: null, effort: null, maxTokens, dropped: asked !== null }
  if (asked === null) return conversation.thinking !== null && rules.off ? { ...none, thinking: { type: 'disabled' } } : none
  const { toolChoice } = conversation
  // Anthropic refuses a forced tool together with thinking.
  if (rules.thinking === 'none' || toolChoice?.kind === 'required' || toolChoice?.kind === 'tool') return none
  const effort = effortFor(asked, rules)
  if (rules.thinking === 'adaptive') {
    return {
      thinking: { type: 'adaptive', display: asked.visible ? 'summarized' : 'omitted' },
      effort,
      maxTokens,
      dropped: false,
    }
  }
  if (rules.thinking === 'either' && asked.mode !== 'budget')
    return { thinking: { type: 'adaptive' }, effort, maxTokens, dropped: false }
  if (thoughtsMissing(conversation)) return none
  return enabled(conversation, asked, effort, maxTokens) ?? none
}

function wanted(thinking: Thinking | null): Thinking | null {
  if (thinking === null || thinking.mode === 'off' || thinking.effort === 'none') return null
  return thinking.mode === 'budget' && thinking.budget === 0 ? null : thinking
}

function effortFor(asked: Thinking, rules: ModelRules): string | null {
  if (!rules.effort) return null
  const effort = rules.thinking === 'adaptive' ? effortOf(asked) : asked.effort
  if (effort === 'minimal') return 'low'
  // `xhigh` came with the models that know nothing but adaptive thinking.
  return effort === 'xhigh' && rules.thinking !== 'adaptive' ? 'high' : effort
}

/** Thinking counts towards max_tokens: where the client set that, thinking has to fit in; else there is to be room for an answer beside it. */
function enabled(conversation: Conversation, asked: Thinking, effort: string | null, maxTokens: number): WrittenThinking | null {
  const budget = Math.max(budgetMin, Math.round(asked.budget ?? budgetOf(asked.effort ?? 'medium')))
  if (conversation.maxTokens === null) {
    return {
      thinking: { type: 'enabled', budget_tokens: budget },
      effort,
      maxTokens: Math.max(maxTokens, budget + answerRoom),
      dropped: false,
    }
  }
  const fitting = Math.min(budget, maxTokens - 1)
  if (fitting < budgetMin) return null
  return { thinking: { type: 'enabled', budget_tokens: fitting }, effort, maxTokens, dropped: false }
}

/** In the middle of tool calls, thinking by budget demands the signed thoughts that led to them, and other clients do not keep those. */
function thoughtsMissing({ turns }: Conversation): boolean {
  const last = turns.findLast(({ role }) => role === 'assistant')
  if (last === undefined || turns.at(-1)?.parts.some(({ kind }) => kind === 'tool-result') !== true) return false
  const [first] = last.parts
  return !(first?.kind === 'redacted-thinking' || (first?.kind === 'thinking' && first.signature !== null))
}
