/** Turns as Anthropic wants them: user and assistant by turns, the results of tools before all else. */
import { type Part, type Turn, Untranslatable } from '../types.ts'
import { type Writing, writeBlocks } from './write-content.ts'

type Block = Record<string, unknown>
type Message = { role: Turn['role']; content: Block[] }

export function writeTurns(turns: readonly Turn[], writing: Writing): Message[] {
  const messages: Message[] = []
  for (const [index, { role, parts }] of turns.entries()) {
    if (role === 'assistant') refuseMedia(parts, `turns[${index}].parts`)
    const content = writeBlocks(parts, `turns[${index}].parts`, writing)
    const last = messages.at(-1)
    if (last?.role === role) last.content.push(...content)
    else if (content.length > 0) messages.push({ role, content })
  }
  for (const message of messages) if (message.role === 'user') message.content = resultsFirst(message.content)
  trimPrefill(messages.at(-1))
  return messages
}

/** The assistant has only said things. */
function refuseMedia(parts: readonly Part[], path: string): void {
  const at = parts.findIndex(({ kind }) => kind === 'image' || kind === 'file')
  if (at !== -1) throw new Untranslatable(`${path}[${at}]`, 'Anthropic takes no picture or file from the assistant.')
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
