/** One question to an apipool-server: bounded in time and size, without redirects, and its answer is JSON or an error. */
import type { Clock } from '../../pool/types.ts'
import { retryAfterMs } from '../../providers/retry-hint.ts'
import { ApipoolError, notApipool } from './error.ts'

export interface Wire {
  /** Address of the server, a path prefix included. */
  readonly base: string
  readonly fetch: typeof globalThis.fetch
  readonly clock: Clock
}

export interface Question {
  method: 'GET' | 'POST'
  /** Below /api/v1, with everything in it percent-encoded. */
  path: string
  body?: unknown
  /** Access token; absent = it is asked without one. */
  token?: string
  /** Until the answer is here whole. */
  timeoutMs: number
  /** An answer of more bytes is not read on. */
  maxBytes: number
  signal?: AbortSignal | undefined
  /** Reads a good answer; absent = as JSON.parse does. */
  parse?: ((text: string) => unknown) | undefined
}

/** The address that the protocol's paths are appended to: one trailing slash is taken away. Throws ApipoolError `not-apipool`. */
export function baseOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  const isPlain = url !== null && /^https?:$/.test(url.protocol) && !/[?#]/.test(text) && url.username + url.password === ''
  if (!isPlain) throw notApipool('give its address, such as https://pool.example.com, without ?, # or a password')
  return url.href.replace(/\/$/, '')
}

/** The JSON of a good answer. Rejects with ApipoolError, or with the reason of `signal`. */
export async function ask(wire: Wire, question: Question): Promise<unknown> {
  const { signal, timeoutMs } = question
  signal?.throwIfAborted()
  const abort = new AbortController()
  const timeout = new ApipoolError('unreachable', `The server did not answer within ${timeoutMs / 1000} s.`)
  const cancel = wire.clock.after(timeoutMs, () => abort.abort(timeout))
  const onAbort = () => abort.abort(signal?.reason)
  signal?.addEventListener('abort', onAbort, { once: true })
  try {
    const answer = await send(wire, question, abort.signal)
    return await read(answer, question, wire.clock)
  } catch (error) {
    if (abort.signal.aborted) throw abort.signal.reason
    // Left unread it would hold its socket.
    abort.abort()
    throw error instanceof ApipoolError ? error : broken(error)
  } finally {
    cancel()
    signal?.removeEventListener('abort', onAbort)
  }
}

function send({ base, fetch }: Wire, { method, path, body, token }: Question, signal: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (token !== undefined) headers['authorization'] = `Bearer ${token}`
  if (body !== undefined) headers['content-type'] = 'application/json'
  return fetch(`${base}/api/v1${path}`, {
    method,
    headers,
    redirect: 'manual',
    signal,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

async function read(answer: Response, question: Question, clock: Clock): Promise<unknown> {
  const { status, headers } = answer
  const { maxBytes, parse } = question
  // fetch hides what a redirect is; it is none of the protocol's answers, and the token belongs to this address alone.
  if (answer.type === 'opaqueredirect' || (status >= 300 && status < 400)) {
    throw notApipool('it redirects elsewhere; give the address that it leads to', status)
  }
  const isJson = /^application\/([a-z0-9.-]+\+)?json\b/i.test(headers.get('content-type') ?? '')
  if (status >= 400) throw await refusal(answer, isJson, question, clock)
  if (!isJson) throw notApipool('its answer is no JSON; is a path missing in the address, or one too many?', status)
  return parsed(await textOf(answer, maxBytes), status, parse)
}

const longestRefusal = 64 * 1024

async function refusal(answer: Response, isJson: boolean, question: Question, clock: Clock): Promise<ApipoolError> {
  const { status, headers } = answer
  const waitMs = retryAfterMs((name) => headers.get(name) ?? undefined, clock.now())
  const retryAfter = waitMs === undefined ? null : waitMs / 1000
  const said = isJson ? detailOf(parsed(await textOf(answer, longestRefusal), status), secretsIn(question)) : ''
  if (status === 401) return new ApipoolError('unauthorised', said || 'The server refuses the token.', status)
  // A proxy in front of it, or a start-up.
  if (status >= 502 && status <= 504 && said === '') {
    return new ApipoolError('unreachable', `The server is not there at present (HTTP ${status}).`, status, retryAfter)
  }
  if (status < 500 && !isJson) return notApipool(`it answers HTTP ${status} without JSON`, status)
  return new ApipoolError('refused', `The server says: ${said || `HTTP ${status}`}`, status, retryAfter)
}

/** FastAPI's `detail`: a text, or a list of what is wrong with the request. What it quotes of ours is taken out. */
function detailOf(body: unknown, secrets: readonly string[]): string {
  const detail = typeof body === 'object' && body !== null ? (body as Record<string, unknown>)['detail'] : undefined
  const texts = typeof detail === 'string' ? [detail] : Array.isArray(detail) ? detail.map((one) => messageOf(one)) : []
  return shown(texts.filter(Boolean).join('; '), secrets)
}

/** What a question has in it that is nobody's to see, the longest first: one may hold another. */
function secretsIn({ token, body }: Question): string[] {
  const { password, refresh_token } = (body ?? {}) as { password?: unknown; refresh_token?: unknown }
  const secrets = [token, password, refresh_token].filter((one) => typeof one === 'string' && one !== '') as string[]
  return secrets.toSorted((a, b) => b.length - a.length)
}

function messageOf(issue: unknown): string {
  if (typeof issue !== 'object' || issue === null) return ''
  const { loc, msg } = issue as Record<string, unknown>
  const place = Array.isArray(loc) ? `${loc.join('.')}: ` : ''
  return typeof msg === 'string' ? place + msg : ''
}

/** A stranger's words in one short line. */
export function shown(text: string, secrets: readonly string[] = []): string {
  // Before the text is changed, and after: a password may have blanks in it.
  const blanked = (from: string) => secrets.reduce((rest, secret) => rest.replaceAll(secret, '…'), from)
  return blanked(
    blanked(text)
      .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ')
      .trim(),
  ).slice(0, 300)
}

async function textOf(answer: Response, maxBytes: number): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let left = maxBytes
  for await (const chunk of answer.body ?? []) {
    left -= chunk.length
    if (left < 0) throw new ApipoolError('refused', `The answer is larger than ${maxBytes / 1024 ** 2} MiB.`, answer.status)
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

function parsed(text: string, status: number, parse: (text: string) => unknown = JSON.parse): unknown {
  try {
    return parse(text)
  } catch {
    // The error of JSON.parse quotes the text, which may hold keys.
    throw notApipool('its answer is not valid JSON', status)
  }
}

function broken(error: unknown): ApipoolError {
  const { cause } = error as { cause?: { code?: unknown } }
  const code = typeof cause?.code === 'string' ? cause.code : 'the connection broke off'
  const forbidden = code === 'UPSTREAM_FORBIDDEN' ? '; give an https:// address' : ''
  const loop = code === 'UPSTREAM_LOOP' ? '; this is the Keywheel itself' : ''
  return new ApipoolError('unreachable', `The server could not be reached (${code}${forbidden}${loop}).`)
}
