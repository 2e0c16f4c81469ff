/**
 * Calls and their results must match, and every API refuses a conversation in which they do not: so does the scripted one, in
 * their words. Sources: messages of the APIs themselves, November 2026; ai.google.dev/gemini-api/docs/thought-signatures.
 */
import { field, listField, textField } from './question.ts'
import type { DialectName } from './types.ts'

/** What is wrong, or null. */
export function toolMistake(dialect: DialectName, body: unknown, model: string): string | null {
  switch (dialect) {
    case 'openai':
      return Array.isArray(field(body, 'input')) ? responsesMistake(body) : chatMistake(body)
    case 'anthropic':
      return messagesMistake(body)
    case 'gemini':
      return geminiMistake(body, model)
  }
}

const ofType = (parts: readonly unknown[], type: string) => parts.filter((part) => textField(part, 'type', '') === type)
const names = (values: readonly unknown[], name: string) => values.map((value) => textField(value, name, ''))
const missing = (from: readonly string[], all: readonly string[]) => from.filter((id) => !all.includes(id))

function chatMistake(body: unknown): string | null {
  let open: string[] = []
  for (const message of [...listField(body, 'messages'), {}]) {
    if (textField(message, 'role', '') === 'tool') {
      const id = textField(message, 'tool_call_id', '')
      if (!open.includes(id))
        return "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'."
      open = missing(open, [id])
      continue
    }
    if (open.length > 0)
      return `An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. The following tool_call_ids did not have response messages: ${open.join(', ')}`
    open = names(listField(message, 'tool_calls'), 'id')
  }
  return null
}

function responsesMistake(body: unknown): string | null {
  const items = listField(body, 'input')
  const called = names(ofType(items, 'function_call'), 'call_id')
  const answered = names(ofType(items, 'function_call_output'), 'call_id')
  const [unanswered] = missing(called, answered)
  if (unanswered !== undefined) return `No tool output found for function call ${unanswered}.`
  const [stray] = field(body, 'previous_response_id') === undefined ? missing(answered, called) : []
  return stray === undefined ? null : `No tool call found for function call output with call_id ${stray}.`
}

function messagesMistake(body: unknown): string | null {
  let open: string[] = []
  for (const [index, message] of [...listField(body, 'messages'), {}].entries()) {
    const parts = listField(message, 'content')
    const results = names(ofType(parts, 'tool_result'), 'tool_use_id')
    const [left] = missing(open, results)
    if (left !== undefined)
      return `messages.${index - 1}: \`tool_use\` ids were found without \`tool_result\` blocks immediately after: ${left}. Each \`tool_use\` block must have a corresponding \`tool_result\` block in the next message.`
    const [stray] = missing(results, open)
    if (stray !== undefined)
      return `messages.${index}: unexpected \`tool_use_id\` found in \`tool_result\` blocks: ${stray}. Each \`tool_result\` block must have a corresponding \`tool_use\` block in the previous message.`
    open = names(ofType(parts, 'tool_use'), 'id')
  }
  return null
}

function geminiMistake(body: unknown, model: string): string | null {
  let open = 0
  for (const content of [...listField(body, 'contents'), {}]) {
    const parts = listField(content, 'parts')
    const calls = parts.filter((part) => field(part, 'functionCall') !== undefined)
    const results = parts.filter((part) => field(part, 'functionResponse') !== undefined)
    if (results.length !== open)
      return 'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.'
    open = calls.length
    // Of parallel calls only the first is signed.
    if (open > 0 && model.startsWith('gemini-3') && textField(calls[0], 'thoughtSignature', '') === '')
      return 'Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly.'
  }
  return null
}
