/** OpenAI's Responses API in the scripted upstream: one message, plain or as typed events. */
import { field, textField, words } from './question.ts'
import type { Content, Question, Reply, ScriptedUsage } from './types.ts'

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
  const part = { type: 'output_text', text: content.text, annotations: [] }
  const item = { type: 'message', id: `msg_${number}`, status: 'completed', role: 'assistant', content: [part] }
  const done = { ...base, status: 'completed', output: [item], usage: usageBlock(content.usage) }
  if (field(question.body, 'stream') !== true) return { kind: 'json', status: 200, headers, body: done }

  const begun = { ...base, status: 'in_progress', output: [], usage: null }
  const at = { item_id: item.id, output_index: 0, content_index: 0 }
  const empty = { type: 'output_text', text: '', annotations: [] }
  const events = [
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
    { type: 'response.output_item.added', output_index: 0, item: { ...item, status: 'in_progress', content: [] } },
    { type: 'response.content_part.added', ...at, part: empty },
    ...words(content.text).map((delta) => ({ type: 'response.output_text.delta', ...at, delta, logprobs: [] })),
    { type: 'response.output_text.done', ...at, text: content.text, logprobs: [] },
    { type: 'response.content_part.done', ...at, part },
    { type: 'response.output_item.done', output_index: 0, item },
    { type: 'response.completed', response: done },
  ]
  const chunks = events.map(
    (event, index) => `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number: index })}\n\n`,
  )
  return { kind: 'stream', headers, contentType: 'text/event-stream; charset=utf-8', chunks }
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
