/** The items of a Responses request as a system prompt and turns. */
import { readCallId } from '../shared/call-id.ts'
import type { Fields } from '../shared/fields.ts'
import { saidAt } from '../shared/origin.ts'
import { TurnList } from '../shared/turns.ts'
import type { Part, Turn } from '../types.ts'
import { readContent } from './read-content.ts'
import { isForeign, unseal } from './sealed.ts'

/** Throws Untranslatable. */
export function readInput(request: Fields): { system: Part[]; turns: Turn[] } {
  const instructions = request.text('instructions')
  const system: Part[] = instructions ? [saidAt('instructions', { kind: 'text', text: instructions })] : []
  const list = new TurnList()
  const input = request.take('input')
  if (typeof input === 'string') list.add('user', [saidAt('input', { kind: 'text', text: input })])
  else if (Array.isArray(input)) {
    for (const [index, value] of input.entries()) {
      const item = request.child(`input[${index}]`, value)
      readItem(item, system, list)
      item.finish()
    }
  } else request.refuse('input', 'This must be a text or a list of items.')
  return { system, turns: list.turns }
}

function readItem(item: Fields, system: Part[], list: TurnList): void {
  // Names and states that the provider gave; nothing of what was said.
  for (const name of ['id', 'status']) item.take(name)
  const type = item.text('type') ?? 'message'
  switch (type) {
    case 'message':
      return readMessage(item, system, list)
    case 'function_call':
      return list.add('assistant', [readCall(item)])
    case 'function_call_output':
      return list.add('user', [readResult(item, list)])
    case 'reasoning':
      return list.add('assistant', readThoughts(item))
    default:
      item.refuse('type', `An item of type "${type.slice(0, 60)}" cannot be said to the API that serves this model.`)
  }
}

function readMessage(item: Fields, system: Part[], list: TurnList): void {
  const role = item.neededText('role')
  const parts = readContent(item, 'content')
  switch (role) {
    case 'system':
    case 'developer':
      if (!list.empty) item.hint('role')
      system.push(...parts)
      return
    case 'user':
    case 'assistant':
      list.add(role, parts)
      return
    default:
      item.refuse('role', 'This must be user, assistant, system or developer.')
  }
}

/** OpenAI's marks for calls that its own code makes, or that run on meanwhile. */
function refuseOthers(item: Fields): void {
  const caller = item.inner('caller')
  if (caller !== null && caller.neededText('type') !== 'direct')
    item.refuse('caller', 'Only calls by the model itself can be carried over.')
  if (item.flag('async') === true) item.refuse('async', 'This cannot be said to the API that serves this model.')
}

function readCall(item: Fields): Part {
  refuseOthers(item)
  const { id, signature } = readCallId(item.neededText('call_id'))
  const name = item.neededText('name')
  const args = item.text('arguments') || '{}'
  return saidAt(item.path, { kind: 'tool-call', id, name, args, ...(signature === undefined ? {} : { signature }) })
}

function readResult(item: Fields, list: TurnList): Part {
  refuseOthers(item)
  const callId = readCallId(item.neededText('call_id')).id
  const name = item.text('name') ?? list.toolName(callId)
  return saidAt(item.path, { kind: 'tool-result', callId, name, parts: readContent(item, 'output'), isError: false })
}

function readThoughts(item: Fields): Part[] {
  const texts = [...item.items('summary'), ...item.items('content')].map((piece) => {
    const text = piece.neededText('text')
    piece.take('type')
    piece.finish()
    return text
  })
  const sealed = item.text('encrypted_content')
  if (isForeign(sealed)) item.hint('encrypted_content')
  const part = unseal(texts.join('\n\n'), sealed)
  return part === null ? [] : [saidAt(item.path, part)]
}
