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
