/** What one side of a turn says in OpenAI's formats: a text, or parts of which each has a type. */
import type { Part } from '../types.ts'
import type { Fields } from './fields.ts'
import { saidAt } from './origin.ts'

/** The parts in the field `name`, which counts as read; none when it is null. Throws Untranslatable. */
export function readParts(fields: Fields, name: string, readPart: (part: Fields) => Part): Part[] {
  const content = fields.take(name)
  if (content === null) return []
  if (typeof content === 'string') return content === '' ? [] : [saidAt(fields.at(name), { kind: 'text', text: content })]
  if (!Array.isArray(content)) return fields.refuse(name, 'This must be a text or a list of parts.')
  return content.map((value, index) => {
    const inner = fields.child(`${name}[${index}]`, value)
    const part = saidAt(inner.path, readPart(inner))
    inner.finish()
    return part
  })
}
