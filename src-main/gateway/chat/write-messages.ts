/** A system prompt and turns as the messages of a chat request. */

import { noteMarks } from '../shared/cache-marks.ts'
import { nineLetterIds, shortIds } from '../shared/short-ids.ts'
import { type Conversation, type Part, Untranslatable } from '../types.ts'
import type { ModelRules } from './model-rules.ts'
import { contentOf, writePart } from './write-content.ts'

type Message = Record<string, unknown>

interface Writing {
  drop(path: string): void
  wantsThoughts: boolean
  callId(id: string): string
}

/** OpenAI takes no longer ids of calls. */
const idMax = 40

/** Throws Untranslatable. */
export function writeMessages(conversation: Conversation, drop: (path: string) => void, rules: ModelRules): Message[] {
  const callId = rules.closed ? nineLetterIds() : shortIds(idMax)
  const writing = { drop, wantsThoughts: rules.wantsThoughts, callId }
  const messages: Message[] = []
  const { system, turns } = conversation
  noteMarks(conversation, drop)
  if (system.length > 0) {
    messages.push({ role: 'system', content: contentOf(system.map((part, index) => writeSystem(part, `system[${index}]`))) })
  }
  for (const [index, { role, parts }] of turns.entries()) {
    const path = `turns[${index}]`
    messages.push(...(role === 'user' ? writeUser(parts, path, writing) : writeAssistant(parts, path, writing)))
  }
  return messages
}

function writeSystem(part: Part, path: string): Message {
  if (part.kind !== 'text') throw new Untranslatable(path, 'The API that serves this model takes only text in its system prompt.')
  return { type: 'text', text: part.text }
}

/** Results come first: they must follow the calls at once. Their pictures, which a tool's message cannot hold, are the user's. */
function writeUser(parts: readonly Part[], path: string, writing: Writing): Message[] {
  const results: Message[] = []
  const said: Message[] = []
  for (const [index, part] of parts.entries()) {
    if (part.kind === 'tool-result') writeResult(part, `${path}.parts[${index}]`, writing, results, said)
    else said.push(writePart(part, `${path}.parts[${index}]`))
  }
  return said.length === 0 ? results : [...results, { role: 'user', content: contentOf(said) }]
}

function writeResult(
  part: Extract<Part, { kind: 'tool-result' }>,
  path: string,
  writing: Writing,
  results: Message[],
  said: Message[],
): void {
  // The text of the result says as much.
  if (part.isError) writing.drop(`${path}.isError`)
  const texts = part.parts.filter((inner) => inner.kind === 'text')
  const others = part.parts.filter((inner) => inner.kind !== 'text')
  const content = texts.map(({ text }) => ({ type: 'text', text }))
  if (others.length > 0) content.push({ type: 'text', text: '(What the tool returned follows as a message of the user.)' })
  results.push({
    role: 'tool',
    tool_call_id: writing.callId(part.callId),
    content: content.length === 0 ? '' : contentOf(content),
  })
  said.push(...others.map((inner) => writePart(inner, path)))
}

function writeAssistant(parts: readonly Part[], path: string, writing: Writing): Message[] {
  const texts: Message[] = []
  const calls: Message[] = []
  const thoughts: string[] = []
  for (const [index, part] of parts.entries()) {
    switch (part.kind) {
      case 'text':
        texts.push({ type: 'text', text: part.text })
        break
      case 'refusal':
        texts.push({ type: 'refusal', refusal: part.text })
        break
      case 'tool-call':
        calls.push({ id: writing.callId(part.id), type: 'function', function: { name: part.name, arguments: part.args } })
        break
      case 'thinking':
        if (writing.wantsThoughts) thoughts.push(part.text)
        else writing.drop(`${path}.parts[${index}]`)
        break
      case 'redacted-thinking':
        writing.drop(`${path}.parts[${index}]`)
        break
      case 'image':
      case 'audio':
      case 'file':
      case 'tool-result':
        throw new Untranslatable(
          `${path}.parts[${index}]`,
          'The API that serves this model takes only text and calls of tools from the assistant.',
        )
    }
  }
  if (texts.length === 0 && calls.length === 0) return []
  return [
    {
      role: 'assistant',
      content: texts.length === 0 ? null : contentOf(texts),
      ...(thoughts.length === 0 ? {} : { reasoning_content: thoughts.join('\n\n') }),
      ...(calls.length === 0 ? {} : { tool_calls: calls }),
    },
  ]
}
