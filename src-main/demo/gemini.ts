/** Gemini's side of the scripted upstream: models, content plain and streaming, and its errors. */
import { textField, words } from './question.ts'
import type { Content, Dialect, Fault, JsonReply, Question, ScriptedUsage, StreamReply } from './types.ts'

const models = ['gemini-2.5-flash', 'gemini-2.5-pro', 'gemini-3-flash-preview']
const action = /^\/v1(?:beta|alpha)?\/models\/([^/:]+):(generateContent|streamGenerateContent|countTokens|embedContent)$/

export const gemini: Dialect = {
  answer(question, content) {
    const { method, path } = question
    if (method === 'GET' && /^\/v1(beta|alpha)?\/models$/.test(path)) return json({ models: models.map(model) })
    const [, name, verb] = (method === 'POST' && action.exec(path)) || []
    if (name === undefined) return null
    if (verb === 'countTokens') return json({ totalTokens: content.usage.input })
    if (verb === 'embedContent') return json({ embedding: { values: [0.1, 0.2, 0.3] } })
    return verb === 'generateContent' ? json(wholeAnswer(name, question, content)) : contentStream(name, question, content)
  },
  failure,
  brokenStream: (question, fault) => sse([errorBody(fault ?? 'overloaded', question, null)]),
}

function wholeAnswer(name: string, question: Question, content: Content) {
  const said = content.text !== '' || content.calls.length === 0 ? [{ text: content.text }] : []
  return piece(name, question, [...said, ...callParts(name, content)], 'STOP', usageBlock(content.usage, content.usage.output))
}

/** Each piece carries running totals; a call comes whole. Without `alt=sse` the stream is one JSON array. */
function contentStream(name: string, question: Question, content: Content): StreamReply {
  const said = content.text !== '' || content.calls.length === 0 ? words(content.text).map((text) => ({ text })) : []
  const parts: object[] = [...said, ...callParts(name, content)]
  const pieces = parts.map((part, index) => {
    const last = index === parts.length - 1
    const output = last ? content.usage.output : Math.min(index + 1, content.usage.output)
    return piece(name, question, [part], last ? 'STOP' : null, usageBlock(content.usage, output))
  })
  return question.query.get('alt') === 'sse' ? sse(pieces) : array(pieces)
}

/** Gemini gives its calls no ids; those of Gemini 3 are signed, the first of them alone. */
function callParts(name: string, { calls }: Content): object[] {
  const signed = name.startsWith('gemini-3') ? { thoughtSignature: 'c2NyaXB0ZWQtc2lnbmF0dXJl' } : {}
  return calls.map((call, index) => ({ functionCall: call, ...(index === 0 ? signed : {}) }))
}

function piece(name: string, question: Question, parts: object[], finishReason: string | null, usageMetadata: object) {
  const content = { role: 'model', parts }
  return {
    candidates: [{ content, index: 0, ...(finishReason === null ? {} : { finishReason }) }],
    usageMetadata,
    modelVersion: name,
    responseId: `scripted-${question.number}`,
  }
}

/** Thoughts are counted apart from candidates. */
function usageBlock(usage: ScriptedUsage, output: number) {
  const said = Math.max(0, output - usage.reasoning)
  return {
    promptTokenCount: usage.input,
    candidatesTokenCount: said,
    totalTokenCount: usage.input + said + usage.reasoning,
    ...(usage.cacheRead > 0 ? { cachedContentTokenCount: usage.cacheRead } : {}),
    ...(usage.reasoning > 0 ? { thoughtsTokenCount: usage.reasoning } : {}),
  }
}

function model(name: string) {
  return {
    name: `models/${name}`,
    version: '001',
    displayName: name,
    inputTokenLimit: 1_048_576,
    outputTokenLimit: 65_536,
    supportedGenerationMethods: ['generateContent', 'countTokens'],
  }
}

function json(body: unknown): JsonReply {
  return { kind: 'json', status: 200, headers: {}, body }
}

function sse(pieces: unknown[]): StreamReply {
  const chunks = pieces.map((value) => `data: ${JSON.stringify(value)}\r\n\r\n`)
  return { kind: 'stream', headers: {}, contentType: 'text/event-stream', chunks }
}

function array(pieces: unknown[]): StreamReply {
  const chunks = pieces.map((value, index) => `${index === 0 ? '[' : ',\r\n'}${JSON.stringify(value, null, 2)}`)
  return { kind: 'stream', headers: {}, contentType: 'application/json; charset=UTF-8', chunks: [...chunks, ']'] }
}

function failure(fault: Fault, question: Question, retryAfterS: number | null): JsonReply {
  const headers: Record<string, string> = {}
  if (fault === 'overloaded' && retryAfterS !== null) headers['retry-after'] = String(retryAfterS)
  return { kind: 'json', status: shapes[fault].code, headers, body: errorBody(fault, question, retryAfterS) }
}

const shapes: Record<Fault, { code: number; status: string; message: string }> = {
  'rate-short': { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'You exceeded your current quota.' },
  'rate-daily': { code: 429, status: 'RESOURCE_EXHAUSTED', message: 'You exceeded your current quota.' },
  'no-credit': { code: 402, status: 'RESOURCE_EXHAUSTED', message: 'Your prepaid credit is used up.' },
  'key-invalid': { code: 400, status: 'INVALID_ARGUMENT', message: 'API key not valid. Please pass a valid API key.' },
  'model-missing': { code: 404, status: 'NOT_FOUND', message: 'This model is not found for API version v1beta.' },
  'bad-request': { code: 400, status: 'INVALID_ARGUMENT', message: 'Invalid value at contents.' },
  overloaded: { code: 503, status: 'UNAVAILABLE', message: 'The model is overloaded. Please try again later.' },
  'server-error': { code: 500, status: 'INTERNAL', message: 'An internal error has occurred.' },
  'not-found': { code: 404, status: 'NOT_FOUND', message: 'Requested entity was not found.' },
}

const type = (name: string) => `type.googleapis.com/google.rpc.${name}`

function errorBody(fault: Fault, question: Question, retryAfterS: number | null) {
  const { code, status, message: usual } = shapes[fault]
  const message = fault === 'bad-request' ? (question.mistake ?? usual) : usual
  return { error: { code, message, status, details: details(fault, question, retryAfterS) } }
}

function details(fault: Fault, question: Question, retryAfterS: number | null): object[] {
  const retry = retryAfterS === null ? [] : [{ '@type': type('RetryInfo'), retryDelay: `${retryAfterS}s` }]
  const quota = (window: string) => ({
    '@type': type('QuotaFailure'),
    violations: [
      {
        quotaMetric: 'generativelanguage.googleapis.com/generate_content_free_tier_requests',
        quotaId: `GenerateRequests${window}PerProjectPerModel-FreeTier`,
        quotaDimensions: { location: 'global', model: textField(question.body, 'model', 'gemini-2.5-flash') },
        quotaValue: String(question.standing?.requests.limit ?? 10),
      },
    ],
  })
  if (fault === 'rate-short') return [quota('PerMinute'), ...retry]
  if (fault === 'rate-daily') return [quota('PerDay'), { '@type': type('RetryInfo'), retryDelay: '36000s' }]
  if (fault !== 'key-invalid') return []
  return [{ '@type': type('ErrorInfo'), reason: 'API_KEY_INVALID', domain: 'googleapis.com' }]
}
