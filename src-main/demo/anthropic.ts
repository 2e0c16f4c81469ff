/** Anthropic's side of the scripted upstream: messages, token counts, models, and its errors. */
import { field, slices, textField, words } from './question.ts'
import type {
  Content,
  Dialect,
  Fault,
  JsonReply,
  Question,
  Reply,
  ScriptedUsage,
  Standing,
  StreamReply,
  TypedEvent,
} from './types.ts'

const models = ['claude-sonnet-4-5', 'claude-haiku-4-5']

export const anthropic: Dialect = {
  answer(question, content) {
    const { method, path } = question
    if (method === 'GET' && path === '/v1/models') return json(question, modelList())
    if (method !== 'POST') return null
    if (path === '/v1/messages/count_tokens') return json(question, { input_tokens: content.usage.input })
    return path === '/v1/messages' ? messages(question, content) : null
  },
  failure,
  brokenStream: (question, fault) => stream(question, [event(errorBody(fault ?? 'overloaded', question))]),
}

function messages(question: Question, content: Content): Reply {
  const message = {
    id: `msg_${String(question.number).padStart(10, '0')}`,
    type: 'message',
    role: 'assistant',
    model: textField(question.body, 'model', 'claude-haiku-4-5'),
    stop_sequence: null,
  }
  const blocks = blocksOf(question, content)
  const stop_reason = content.calls.length > 0 ? 'tool_use' : 'end_turn'
  if (field(question.body, 'stream') !== true)
    return json(question, { ...message, content: blocks, stop_reason, usage: usageBlock(content.usage) })
  const first = { ...usageBlock(content.usage), output_tokens: 1 }
  return stream(question, [
    event({ type: 'message_start', message: { ...message, content: [], stop_reason: null, usage: first } }),
    event({ type: 'ping' }),
    ...blocks.flatMap((block, index) => blockEvents(block, index).map(event)),
    event({
      type: 'message_delta',
      delta: { stop_reason, stop_sequence: null },
      usage: { output_tokens: content.usage.output },
    }),
    event({ type: 'message_stop' }),
  ])
}

type Block = { type: 'text'; text: string } | { type: 'tool_use'; id: string; name: string; input: Record<string, unknown> }

function blocksOf({ number }: Question, { text, calls }: Content): Block[] {
  const said: Block[] = text !== '' || calls.length === 0 ? [{ type: 'text', text }] : []
  const id = (index: number) => `toolu_${String(number).padStart(10, '0')}_${index}`
  return [...said, ...calls.map(({ name, args }, index): Block => ({ type: 'tool_use', id: id(index), name, input: args }))]
}

function blockEvents(block: Block, index: number): TypedEvent[] {
  const said = block.type === 'text'
  const deltas = said
    ? words(block.text).map((text) => ({ type: 'text_delta', text }))
    : // The first piece is empty, as Anthropic's is.
      ['', ...slices(JSON.stringify(block.input))].map((partial_json) => ({ type: 'input_json_delta', partial_json }))
  return [
    { type: 'content_block_start', index, content_block: said ? { ...block, text: '' } : { ...block, input: {} } },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index, delta })),
    { type: 'content_block_stop', index },
  ]
}

/** Anthropic's `input_tokens` leaves out whatever was cached. */
function usageBlock(usage: ScriptedUsage) {
  return {
    input_tokens: usage.input - usage.cacheRead - usage.cacheWrite,
    cache_creation_input_tokens: usage.cacheWrite,
    cache_read_input_tokens: usage.cacheRead,
    output_tokens: usage.output,
    service_tier: 'standard',
  }
}

function modelList() {
  const data = models.map((id) => ({ type: 'model', id, display_name: id, created_at: '2025-09-29T00:00:00Z' }))
  return { data, has_more: false, first_id: models[0], last_id: models.at(-1) }
}

function event(data: TypedEvent): string {
  return `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`
}

function json(question: Question, body: unknown): JsonReply {
  return { kind: 'json', status: 200, headers: rateHeaders(question), body }
}

function stream(question: Question, chunks: string[]): StreamReply {
  return { kind: 'stream', headers: rateHeaders(question), contentType: 'text/event-stream; charset=utf-8', chunks }
}

function requestId(question: Question): string {
  return `req_${String(question.number).padStart(12, '0')}`
}

function rateHeaders(question: Question): Record<string, string> {
  const { account, standing } = question
  return {
    'request-id': requestId(question),
    ...(account === null ? {} : { 'anthropic-organization-id': account }),
    ...(standing ? limitHeaders(standing) : {}),
  }
}

function limitHeaders({ requests, tokens, resetMs }: Standing): Record<string, string> {
  const reset = new Date(Date.now() + resetMs).toISOString()
  const headers: Record<string, string> = {}
  for (const [name, quota] of Object.entries({ requests, tokens })) {
    if (quota === null) continue
    headers[`anthropic-ratelimit-${name}-limit`] = String(quota.limit)
    headers[`anthropic-ratelimit-${name}-remaining`] = String(quota.remaining)
    headers[`anthropic-ratelimit-${name}-reset`] = reset
  }
  return headers
}

function failure(fault: Fault, question: Question, retryAfterS: number | null): JsonReply {
  const headers = rateHeaders(question)
  const hint = fault === 'rate-daily' ? 43_200 : retryAfterS
  if ((fault === 'rate-short' || fault === 'rate-daily' || fault === 'overloaded') && hint !== null)
    headers['retry-after'] = String(hint)
  return { kind: 'json', status: shapes[fault].status, headers, body: errorBody(fault, question) }
}

const shapes: Record<Fault, { status: number; type: string; message: string }> = {
  'rate-short': {
    status: 429,
    type: 'rate_limit_error',
    message: "This request would exceed your organization's rate limit of 50 requests per minute.",
  },
  'rate-daily': {
    status: 429,
    type: 'rate_limit_error',
    message: "This request would exceed your organization's daily rate limit.",
  },
  'no-credit': {
    status: 400,
    type: 'invalid_request_error',
    message: 'Your credit balance is too low to access the Anthropic API. Please go to Plans & Billing.',
  },
  'key-invalid': { status: 401, type: 'authentication_error', message: 'invalid x-api-key' },
  'model-missing': { status: 404, type: 'not_found_error', message: 'model: not found' },
  'bad-request': { status: 400, type: 'invalid_request_error', message: 'messages: Field required' },
  overloaded: { status: 529, type: 'overloaded_error', message: 'Overloaded' },
  'server-error': { status: 500, type: 'api_error', message: 'Internal server error' },
  'not-found': { status: 404, type: 'not_found_error', message: 'Not Found' },
}

function errorBody(fault: Fault, question: Question) {
  const { type, message: usual } = shapes[fault]
  const message = fault === 'bad-request' ? (question.mistake ?? usual) : usual
  return { type: 'error', error: { type, message }, request_id: requestId(question) }
}
