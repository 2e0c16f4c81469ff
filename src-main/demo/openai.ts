/** OpenAI's side of the scripted upstream: its addresses, embeddings, models and errors. */
import { openaiChat } from './openai-chat.ts'
import { openaiResponses } from './openai-responses.ts'
import { field, textField } from './question.ts'
import type { Content, Dialect, Fault, JsonReply, Question, Standing, StreamReply } from './types.ts'

const models = ['gpt-4o', 'gpt-4o-mini', 'text-embedding-3-small']
const created = 1_760_000_000

export const openai: Dialect = {
  answer(question, content) {
    const { method, path } = question
    if (method === 'GET' && path === '/v1/models') return json(question, { object: 'list', data: models.map(modelEntry) })
    if (method === 'GET' && path.startsWith('/v1/models/')) return oneModel(question, path.slice('/v1/models/'.length))
    if (method !== 'POST') return null
    if (path === '/v1/chat/completions') return openaiChat(question, content, rateHeaders(question))
    if (path === '/v1/responses') return openaiResponses(question, content, rateHeaders(question))
    if (path === '/v1/embeddings') return embeddings(question, content)
    return null
  },
  failure,
  brokenStream: (question, fault) =>
    stream(question, [`data: ${JSON.stringify(errorBody(fault ?? 'server-error', question))}\n\n`]),
}

/** The SDK asks for base64 unless told otherwise. */
function embeddings(question: Question, content: Content): JsonReply {
  const input = field(question.body, 'input')
  const inputs = Array.isArray(input) ? input : [input]
  const base64 = field(question.body, 'encoding_format') === 'base64'
  const data = inputs.map((text, index) => {
    const vector = vectorOf(String(text))
    return { object: 'embedding', index, embedding: base64 ? Buffer.from(vector.buffer).toString('base64') : [...vector] }
  })
  const usage = { prompt_tokens: content.usage.input, total_tokens: content.usage.input }
  return json(question, { object: 'list', data, model: textField(question.body, 'model', 'text-embedding-3-small'), usage })
}

function vectorOf(text: string): Float32Array {
  const vector = new Float32Array(8)
  for (let i = 0; i < text.length; i++) vector[i % 8] = (vector[i % 8] ?? 0) + text.charCodeAt(i) / 1024
  return vector
}

function oneModel(question: Question, name: string): JsonReply {
  return models.includes(name) ? json(question, modelEntry(name)) : failure('model-missing', question, null)
}

function modelEntry(id: string) {
  return { id, object: 'model', created, owned_by: 'system' }
}

function json(question: Question, body: unknown): JsonReply {
  return { kind: 'json', status: 200, headers: rateHeaders(question), body }
}

function stream(question: Question, chunks: string[]): StreamReply {
  return { kind: 'stream', headers: rateHeaders(question), contentType: 'text/event-stream; charset=utf-8', chunks }
}

function rateHeaders({ number, account, standing }: Question): Record<string, string> {
  return {
    'x-request-id': `req_${String(number).padStart(12, '0')}`,
    'openai-processing-ms': '12',
    'openai-version': '2020-10-01',
    ...(account === null ? {} : { 'openai-organization': account }),
    ...(standing ? limitHeaders(standing) : {}),
  }
}

function limitHeaders({ requests, tokens, resetMs }: Standing): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, quota] of Object.entries({ requests, tokens })) {
    if (quota === null) continue
    headers[`x-ratelimit-limit-${name}`] = String(quota.limit)
    headers[`x-ratelimit-remaining-${name}`] = String(quota.remaining)
    headers[`x-ratelimit-reset-${name}`] = `${resetMs}ms`
  }
  return headers
}

function failure(fault: Fault, question: Question, retryAfterS: number | null): JsonReply {
  const headers = rateHeaders(question)
  if ((fault === 'rate-short' || fault === 'overloaded') && retryAfterS !== null) headers['retry-after'] = String(retryAfterS)
  return { kind: 'json', status: statuses[fault], headers, body: errorBody(fault, question) }
}

const statuses: Record<Fault, number> = {
  'rate-short': 429,
  'rate-daily': 429,
  'no-credit': 429,
  'key-invalid': 401,
  'model-missing': 404,
  'bad-request': 400,
  overloaded: 503,
  'server-error': 500,
  'not-found': 404,
}

/** Message, type and code by fault; `{model}` and `{address}` are filled in. */
const errors: Record<Fault, [message: string, type: string, code: string | null]> = {
  'rate-short': [
    'Rate limit reached for {model} in organization org-scripted on requests per min (RPM): Limit 500, Used 500, Requested 1.',
    'requests',
    'rate_limit_exceeded',
  ],
  'rate-daily': [
    'Rate limit reached for {model} in organization org-scripted on requests per day (RPD): Limit 200, Used 200, Requested 1. Please try again in 7h12m0s.',
    'requests',
    'rate_limit_exceeded',
  ],
  'no-credit': [
    'You exceeded your current quota, please check your plan and billing details.',
    'insufficient_quota',
    'insufficient_quota',
  ],
  'key-invalid': ['Incorrect API key provided.', 'invalid_request_error', 'invalid_api_key'],
  'model-missing': [
    'The model {model} does not exist or you do not have access to it.',
    'invalid_request_error',
    'model_not_found',
  ],
  'bad-request': ['Invalid type for messages.', 'invalid_request_error', 'invalid_type'],
  overloaded: ['The server is currently overloaded. Please try again later.', 'server_error', 'server_is_overloaded'],
  'server-error': ['The server had an error while processing your request.', 'server_error', null],
  'not-found': ['Invalid URL ({address})', 'invalid_request_error', 'unknown_url'],
}

function errorBody(fault: Fault, question: Question) {
  const [text, type, code] = errors[fault]
  const message = (fault === 'bad-request' && question.mistake !== null ? question.mistake : text)
    .replace('{model}', textField(question.body, 'model', 'gpt-4o-mini'))
    .replace('{address}', `${question.method} ${question.path}`)
  return { error: { message, type, param: null, code } }
}
