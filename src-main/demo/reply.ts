/** What a request is answered with: the right API's good answer, failure or echo. */
import type { IncomingMessage } from 'node:http'
import { anthropic } from './anthropic.ts'
import { gemini } from './gemini.ts'
import { openai } from './openai.ts'
import { countedUsage, dialectOf, lastPrompt, promptOf, textField } from './question.ts'
import { toolMistake } from './tool-turns.ts'
import { callsFor } from './tools.ts'
import type { Behaviour, Content, Dialect, DialectName, Fault, Question, ReceivedRequest, Reply, Standing } from './types.ts'

const dialects: Record<DialectName, Dialect> = { openai, anthropic, gemini }

interface Asked {
  request: IncomingMessage
  received: ReceivedRequest
  url: URL
  number: number
  /** Where the caller's account stands, when its limits are kept. */
  standing: Standing | null
}

/** `friendly` = the demo pool's kind echo instead of the fixed text. */
export function replyTo(asked: Asked, behaviour: Behaviour, friendly: boolean): Reply {
  const reply = answerTo(asked, behaviour, friendly)
  if (behaviour.kind === 'ok') Object.assign(reply.headers, behaviour.headers)
  return reply
}

function answerTo({ request, received, url, number, standing }: Asked, behaviour: Behaviour, friendly: boolean): Reply {
  const { pathname: path, searchParams: query } = url
  const body = parsed(received.body)
  const name = dialectOf(path, request.headers, query)
  const mistake = toolMistake(name, body, modelOf(received.body, path))
  const question: Question = { method: received.method, path, query, body, number, mistake, ...said(behaviour, standing) }
  const dialect = dialects[name]
  const fault = faultOf(behaviour)
  if (fault !== null) return dialect.failure(fault, question, hintOf(behaviour))
  if (standing?.allowed === false) return dialect.failure('rate-short', question, waitOf(behaviour, standing))
  if (behaviour.kind === 'error-as-first-event') return dialect.brokenStream(question, behaviour.fault ?? null)
  if (behaviour.kind === 'error-in-200')
    return { ...dialect.failure(behaviour.fault ?? 'server-error', question, null), status: 200 }
  if (path === '/echo' || path.startsWith('/echo/')) return echo(received, path, query)
  if (received.key === null) return dialect.failure('key-invalid', question, null)
  if (mistake !== null) return dialect.failure('bad-request', question, null)
  return dialect.answer(question, contentFor(body, behaviour, friendly)) ?? dialect.failure('not-found', question, null)
}

/** What an answer says of the account and its limits. */
function said(behaviour: Behaviour, standing: Standing | null): Pick<Question, 'account' | 'standing'> {
  const account = 'account' in behaviour ? (behaviour.account ?? null) : null
  const announces = behaviour.kind === 'limited' && (behaviour.announce ?? 'headers') === 'headers'
  return { account, standing: announces ? standing : null }
}

/** Whole seconds, as Retry-After has them. */
function waitOf(behaviour: Behaviour, { resetMs }: Standing): number | null {
  return behaviour.kind === 'limited' && behaviour.announce === 'nothing' ? null : Math.ceil(resetMs / 1000)
}

/** Tokens that a limited call counts as: its prompt and its answer. */
export function tokensOf(text: string): number {
  const { usage } = contentFor(parsed(text), { kind: 'ok' }, false)
  return usage.input + usage.output
}

export function modelOf(text: string, path: string): string {
  return textField(parsed(text), 'model', /\/models\/([^/:]+)/.exec(path)?.[1] ?? '')
}

function contentFor(body: unknown, behaviour: Behaviour, friendly: boolean): Content {
  const calls = callsFor(body, behaviour.kind === 'ok' ? behaviour.calls : undefined)
  const text = (behaviour.kind === 'ok' ? behaviour.text : undefined) ?? (calls.length > 0 ? '' : saying(body, friendly))
  const counted = countedUsage(promptOf(body), text, calls)
  return { text, calls, usage: behaviour.kind === 'ok' ? { ...counted, ...behaviour.usage } : counted }
}

function saying(body: unknown, friendly: boolean): string {
  return friendly ? kindEcho(lastPrompt(body)) : 'Hello from the scripted upstream.'
}

function kindEcho(prompt: string): string {
  const heard = prompt.length > 200 ? `${prompt.slice(0, 200)}…` : prompt
  return `This is the demo pool: no model was asked and nothing was spent. You wrote: “${heard}”`
}

function echo(received: ReceivedRequest, path: string, query: URLSearchParams): Reply {
  const { method, headers, body } = received
  const echoed = { method, path, query: Object.fromEntries(query), headers, body }
  return { kind: 'json', status: 200, headers: {}, body: echoed }
}

const faults: readonly string[] = [
  'rate-short',
  'rate-daily',
  'no-credit',
  'key-invalid',
  'model-missing',
  'bad-request',
  'overloaded',
  'server-error',
] satisfies Fault[]

/** The failure that a behaviour stands for; null = it is none that has a shape of its own. */
function faultOf(behaviour: Behaviour): Fault | null {
  return faults.includes(behaviour.kind) ? (behaviour.kind as Fault) : null
}

function hintOf(behaviour: Behaviour): number | null {
  if (behaviour.kind === 'overloaded') return behaviour.retryAfterS ?? null
  return behaviour.kind === 'rate-short' && behaviour.retryAfterS !== undefined ? behaviour.retryAfterS : 1
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
