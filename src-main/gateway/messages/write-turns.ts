/** Turns as Anthropic wants them: user and assistant by turns, the results of tools before all else. */
import type { Conversation, Part, Turn } from '../types.ts'
import { type Writing, writeBlocks } from './write-content.ts'

type Block = Record<string, unknown>
type Message = { role: Turn['role']; content: Block[] }

export function writeTurns(turns: readonly Turn[], writing: Writing): Message[] {
  const messages: Message[] = []
  for (const { role, parts } of turns) {
    const content = writeBlocks(parts, writing)
    const last = messages.at(-1)
    if (last?.role === role) last.content.push(...content)
    else if (content.length > 0) messages.push({ role, content })
  }
  for (const message of messages) if (message.role === 'user') message.content = resultsFirst(message.content)
  trimPrefill(messages.at(-1))
  return messages
}

/** A request must have a turn; where a client gave instructions only, they are what the user says. */
export function withTurn({ system, turns }: Conversation): { system: Part[]; turns: Turn[] } {
  return turns.length > 0 ? { system, turns } : { system: [], turns: [{ role: 'user', parts: system }] }
}

/** Ids in the letters that Anthropic takes, each call's always the same and no two alike. */
export function callIds(): (id: string) => string {
  const given = new Map<string, string>()
  const taken = new Set<string>()
  return (id) => {
    const known = given.get(id)
    if (known !== undefined) return known
    const plain = id.replace(/[^\w-]/g, '_') || 'call'
    let unique = plain
    for (let count = 2; taken.has(unique); count++) unique = `${plain}_${count}`
    given.set(id, unique)
    taken.add(unique)
    return unique
  }
}

function resultsFirst(content: readonly Block[]): Block[] {
  const results = content.filter(({ type }) => type === 'tool_result')
  return [...results, ...content.filter(({ type }) => type !== 'tool_result')]
}

/** What the assistant is to go on from may not end in a space. */
function trimPrefill(last: Message | undefined): void {
  const block = last?.role === 'assistant' ? last.content.at(-1) : undefined
  if (block?.type === 'text' && typeof block.text === 'string') block.text = block.text.trimEnd()
}
