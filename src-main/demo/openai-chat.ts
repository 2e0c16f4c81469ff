/** OpenAI's chat completions in the scripted upstream: words and calls of tools, plain or in chunks. */
import { field, slices, textField, words } from './question.ts'
import type { Content, Question, Reply, ScriptedUsage } from './types.ts'

export function openaiChat(question: Question, content: Content, headers: Record<string, string>): Reply {
  const number = String(question.number).padStart(8, '0')
  const model = textField(question.body, 'model', 'gpt-4o-mini')
  const id = `chatcmpl-${number}`
  const head = { id, created: 1_760_000_000, model, service_tier: 'default', system_fingerprint: 'fp_scripted' }
  if (field(question.body, 'stream') === true) {
    const chunks = chatChunks(question, content, head)
    return { kind: 'stream', headers, contentType: 'text/event-stream; charset=utf-8', chunks }
  }
  const calls = content.calls.map((call, index) => toolCall(question, index, call.name, JSON.stringify(call.args)))
  const message = {
    role: 'assistant',
    content: content.text === '' && calls.length > 0 ? null : content.text,
    refusal: null,
    annotations: [],
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  }
  const choice = { index: 0, message, logprobs: null, finish_reason: finishOf(content) }
  const body = { ...head, object: 'chat.completion', choices: [choice], usage: usageBlock(content.usage) }
  return { kind: 'json', status: 200, headers, body }
}

function chatChunks(question: Question, content: Content, head: object): string[] {
  const withUsage = field(field(question.body, 'stream_options'), 'include_usage') === true
  const chunk = (choices: unknown[], usage: unknown = null) =>
    `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices, ...(withUsage ? { usage } : {}) })}\n\n`
  const delta = (value: object, finish: string | null = null) =>
    chunk([{ index: 0, delta: value, logprobs: null, finish_reason: finish }])
  const calls = content.calls.flatMap((call, index) => [
    delta({ tool_calls: [{ index, ...toolCall(question, index, call.name, '') }] }),
    ...slices(JSON.stringify(call.args)).map((piece) => delta({ tool_calls: [{ index, function: { arguments: piece } }] })),
  ])
  const said = content.text === '' && calls.length > 0 ? [] : words(content.text)
  return [
    delta({ role: 'assistant', content: said.length > 0 ? '' : null, refusal: null }),
    ...said.map((word) => delta({ content: word })),
    ...calls,
    delta({}, finishOf(content)),
    ...(withUsage ? [chunk([], usageBlock(content.usage))] : []),
    'data: [DONE]\n\n',
  ]
}

const finishOf = ({ calls }: Content) => (calls.length > 0 ? 'tool_calls' : 'stop')

function toolCall({ number }: Question, index: number, name: string, args: string) {
  return { id: `call_${String(number).padStart(8, '0')}_${index}`, type: 'function', function: { name, arguments: args } }
}

function usageBlock(usage: ScriptedUsage) {
  return {
    prompt_tokens: usage.input,
    completion_tokens: usage.output,
    total_tokens: usage.input + usage.output,
    prompt_tokens_details: { cached_tokens: usage.cacheRead, audio_tokens: 0 },
    completion_tokens_details: { reasoning_tokens: usage.reasoning, audio_tokens: 0 },
  }
}
