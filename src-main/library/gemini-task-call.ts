/** One call of generateContent with one key, and what its end says about the key, the model and the network. */
import { geminiOutcome } from '../providers/gemini-outcome.ts'

/** What is used of `fetch`. */
export type TaskFetch = (
  url: string,
  init: { method: 'POST'; headers: Record<string, string>; body: string; signal: AbortSignal; redirect: 'error' },
) => Promise<{ status: number; headers: { get(name: string): string | null }; text(): Promise<string> }>

export interface GeminiCall {
  fetch: TaskFetch
  baseUrl: string
  model: string
  secret: string
  body: Record<string, unknown>
  /** Seconds for the whole answer. */
  timeout: number
  signal: AbortSignal | undefined
  /** Wall ms. */
  now(): number
}

/** `refused`: a limit of the key; `text` is all that was said, for its cool-down. `key`: it is no good. `network`: nobody answered. */
export type CallEnd =
  | { kind: 'answer'; body: unknown }
  | { kind: 'refused'; message: string; text: string }
  | { kind: 'key' | 'model' | 'network' | 'stopped'; message: string }

/** Never throws. No message holds the key. */
export async function callGemini(call: GeminiCall): Promise<CallEnd> {
  const end = await send(call)
  if (end.kind === 'answer') return end
  return { ...end, message: end.message.replaceAll(call.secret, '…') }
}

async function send(call: GeminiCall): Promise<CallEnd> {
  const { baseUrl, model, secret, body, timeout, signal } = call
  const late = AbortSignal.timeout(timeout * 1000)
  try {
    const answer = await call.fetch(`${baseUrl}/v1beta/models/${encodeURIComponent(model)}:generateContent`, {
      method: 'POST',
      // In a header: in the address it would stand in logs. And no redirect may carry it to another host.
      headers: { 'x-goog-api-key': secret, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: signal === undefined ? late : AbortSignal.any([signal, late]),
      redirect: 'error',
    })
    const text = await answer.text()
    return judge({ status: answer.status, header: (name) => answer.headers.get(name) ?? undefined }, text, call.now())
  } catch (error) {
    if (signal?.aborted) return { kind: 'stopped', message: 'The task was stopped.' }
    if (late.aborted) return { kind: 'network', message: `There was no answer within ${timeout} s.` }
    return { kind: 'network', message: `The connection failed (${codeOf(error)}).` }
  }
}

function judge(head: { status: number; header(name: string): string | undefined }, text: string, now: number): CallEnd {
  const body = parse(text)
  const { class: outcome, message = `status ${head.status}` } = geminiOutcome({ ...head, body }, now)
  switch (outcome) {
    case 'ok':
      return body === undefined ? { kind: 'model', message: 'The answer is not JSON.' } : { kind: 'answer', body }
    case 'rate-short':
    case 'rate-daily':
    case 'no-credit':
      return { kind: 'refused', message, text }
    case 'key-invalid':
      return { kind: 'key', message }
    case 'network':
      return { kind: 'network', message }
    case 'model-unavailable':
    case 'overloaded':
    case 'request-bad':
    case 'aborted':
      return { kind: 'model', message }
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The system's code, which fetch hides in a cause. */
function codeOf(error: unknown): string {
  const { cause } = error as { cause?: { code?: unknown } }
  return typeof cause?.code === 'string' ? cause.code : error instanceof Error ? error.name : 'unknown'
}
