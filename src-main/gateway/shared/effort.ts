/** How hard a model is asked to think, in OpenAI's words, which are the conversation's own. */
import type { Thinking } from '../types.ts'
import type { Fields } from './fields.ts'

const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const

/** Throws Untranslatable for a word that is none of them. */
export function readEffort(fields: Fields, name: string): Thinking['effort'] {
  const word = fields.text(name)
  if (word === null) return null
  return efforts.find((effort) => effort === word) ?? fields.refuse(name, `This must be one of ${efforts.join(', ')}.`)
}

/** Up to so many tokens of thought count as such an effort. The steps are those that Gemini's own OpenAI-compatible API uses. */
const steps = [
  [1024, 'low'],
  [8192, 'medium'],
] as const

/** The effort that comes nearest to what was asked; null = as the model likes. Source of the steps: ai.google.dev/gemini-api/docs/openai. */
export function effortOf(thinking: Thinking | null): Thinking['effort'] {
  switch (thinking?.mode) {
    case undefined:
    case 'auto':
      return thinking?.effort ?? null
    // Only where the client said the word: models that cannot think refuse it.
    case 'off':
      return thinking.effort === 'none' ? 'none' : null
    case 'effort':
      return thinking.effort
    case 'budget':
      return thinking.effort ?? steps.find(([most]) => (thinking.budget ?? 0) <= most)?.[1] ?? 'high'
  }
}
