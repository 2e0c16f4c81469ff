/** OpenAI's Responses API in the scripted upstream: a message and calls of tools, plain or as typed events. */
import { field, slices, textField, words } from './question.ts'
import type { Content, Question, Reply, ScriptedCall, ScriptedUsage, TypedEvent } from './types.ts'

export function openaiResponses(question: Question, content: Content, headers: Record<string, string>): Reply {
  const number = String(question.number).padStart(8, '0')
  const base = {
    id: `resp_${number}`,
    object: 'response',
    created_at: 1_760_000_000,
    model: textField(question.body, 'model', 'gpt-4o-mini'),
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    parallel_tool_calls: true,
    temperature: 1,
    tool_choice: 'auto',
    tools: [],
    top_p: 1,
  }
  const items = itemsOf(number, content)
  const done = { ...base, status: 'completed', output: items, usage: usageBlock(content.usage) }
  if (field(question.body, 'stream') !== true) return { kind: 'json', status: 200, headers, body: done }

  const begun = { ...base, status: 'in_progress', output: [], usage: null }
  const events: TypedEvent[] = [
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
    ...items.flatMap((item, index) => (item.type === 'message' ? messageEvents(item, index) : callEvents(item, index))),
    { type: 'response.completed', response: done },
  ]
  const chunks = events.map(
    (event, index) => `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number: index })}\n\n`,
  )
  return { kind: 'stream', headers, contentType: 'text/event-stream; charset=utf-8', chunks }
}

type Message = ReturnType<typeof messageOf>
type Call = ReturnType<typeof callOf>

function itemsOf(number: string, content: Content): (Message | Call)[] {
  const said = content.text !== '' || content.calls.length === 0 ? [messageOf(number, content.text)] : []
  return [...said, ...content.calls.map((call, index) => callOf(`${number}_${index}`, call))]
}

function messageOf(number: string, text: string) {
  const part = { type: 'output_text', text, annotations: [] }
  return { type: 'message' as const, id: `msg_${number}`, status: 'completed', role: 'assistant', content: [part] as const }
}

function callOf(number: string, { name, args }: ScriptedCall) {
  const called = { name, arguments: JSON.stringify(args), call_id: `call_${number}` }
  return { type: 'function_call' as const, id: `fc_${number}`, status: 'completed', ...called }
}

function messageEvents(item: Message, index: number): TypedEvent[] {
  const [part] = item.content
  const at = { item_id: item.id, output_index: index, content_index: 0 }
  return [
    { type: 'response.output_item.added', output_index: index, item: { ...item, status: 'in_progress', content: [] } },
    { type: 'response.content_part.added', ...at, part: { ...part, text: '' } },
    ...words(part.text).map((delta) => ({ type: 'response.output_text.delta', ...at, delta, logprobs: [] })),
    { type: 'response.output_text.done', ...at, text: part.text, logprobs: [] },
    { type: 'response.content_part.done', ...at, part },
    { type: 'response.output_item.done', output_index: index, item },
  ]
}

function callEvents(item: Call, index: number): TypedEvent[] {
  const at = { item_id: item.id, output_index: index }
  return [
    { type: 'response.output_item.added', output_index: index, item: { ...item, status: 'in_progress', arguments: '' } },
    ...slices(item.arguments).map((delta) => ({ type: 'response.function_call_arguments.delta', ...at, delta })),
    { type: 'response.function_call_arguments.done', ...at, name: item.name, arguments: item.arguments },
    { type: 'response.output_item.done', output_index: index, item },
  ]
}

function usageBlock(usage: ScriptedUsage) {
  return {
    input_tokens: usage.input,
    input_tokens_details: { cached_tokens: usage.cacheRead },
    output_tokens: usage.output,
    output_tokens_details: { reasoning_tokens: usage.reasoning },
    total_tokens: usage.input + usage.output,
  }
}
