/** The messages of a chat request as a system prompt and turns. */
import { readCallId } from '../shared/call-id.ts'
import type { Fields } from '../shared/fields.ts'
import { saidAt } from '../shared/origin.ts'
import { TurnList } from '../shared/turns.ts'
import type { Part, Turn } from '../types.ts'
import { readContent } from './read-content.ts'

/** Throws Untranslatable. */
export function readMessages(request: Fields): { system: Part[]; turns: Turn[] } {
  const messages = request.items('messages')
  if (messages.length === 0) request.refuse('messages', 'There must be at least one message.')
  const system: Part[] = []
  const list = new TurnList()
  for (const message of messages) {
    readMessage(message, system, list)
    message.finish()
  }
  return { system, turns: list.turns }
}

function readMessage(message: Fields, system: Part[], list: TurnList): void {
  const role = message.neededText('role')
  switch (role) {
    case 'system':
    case 'developer':
      if (!list.empty) message.hint('role')
      system.push(...readContent(message))
      return
    case 'user':
      list.add('user', readContent(message))
      return
    case 'assistant':
      list.add('assistant', readAssistant(message))
      return
    case 'tool':
      list.add('user', [readToolResult(message, list)])
      return
    default:
      message.refuse(
        'role',
        `A message of role "${role.slice(0, 60)}" cannot be said to the API that serves this model; results of tools have the role tool.`,
      )
  }
}

function readAssistant(message: Fields): Part[] {
  for (const name of ['audio', 'function_call']) {
    if (message.has(name)) message.refuse(name, 'This cannot be said to the API that serves this model.')
  }
  const parts: Part[] = []
  // DeepSeek's name for the model's thoughts, and OpenRouter's; who sends both says the same twice.
  const thoughts = [message.text('reasoning_content'), message.text('reasoning')].find((text) => text !== null && text !== '')
  if (thoughts) parts.push(saidAt(message.at('reasoning_content'), { kind: 'thinking', text: thoughts, signature: null }))
  parts.push(...readContent(message))
  const refusal = message.text('refusal')
  if (refusal !== null) parts.push(saidAt(message.at('refusal'), { kind: 'refusal', text: refusal }))
  for (const call of message.items('tool_calls')) {
    parts.push(saidAt(call.path, readCall(call)))
    call.finish()
  }
  return parts
}

function readCall(call: Fields): Part {
  if ((call.text('type') ?? 'function') !== 'function') call.refuse('type', 'Only calls of functions can be carried over.')
  const { id, signature } = readCallId(call.neededText('id'))
  const named = call.inner('function') ?? call.refuse('function', 'This is missing.')
  const name = named.neededText('name')
  const args = named.text('arguments') || '{}'
  named.finish()
  return { kind: 'tool-call', id, name, args, ...(signature === undefined ? {} : { signature }) }
}

function readToolResult(message: Fields, list: TurnList): Part {
  const callId = readCallId(message.neededText('tool_call_id')).id
  const parts = readContent(message)
  return saidAt(message.path, { kind: 'tool-result', callId, name: list.toolName(callId), parts, isError: false })
}
