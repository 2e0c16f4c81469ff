/** An HTTP call as another server's `invoke`, and its answer as HTTP again. */
import type { IncomingMessage } from 'node:http'
import type { Invocation, Invoked } from '../../remote/client/index.ts'

/** A call that cannot go through another server, or that came to nothing there. */
export class Refused extends Error {
  readonly status: number
  readonly code: string
  /** Seconds. */
  readonly retryAfter: number | null

  constructor(status: number, code: string, message: string, retryAfter: number | null = null) {
    super(message)
    this.status = status
    this.code = code
    this.retryAfter = retryAfter
  }
}

interface HttpAnswer {
  status: number
  headers: Record<string, string>
  body: string
}

const methods: readonly string[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']

/** Of this connection, of this machine, or of the key: the server adds its own. */
const notPassed =
  /^(host|connection|keep-alive|te|trailer|transfer-encoding|upgrade|expect|content-length|accept-encoding|user-agent|cookie|authorization|proxy-.*|x-api-key|x-goog-api-key|api-key|x-keywheel-.*|x-forwarded-.*|forwarded|via)$/

/** RFC 8586: every server on the way adds itself, so that a call which goes round ends. */
export const hopHeader = 'cdn-loop'
const hopName = 'keywheel'
const mostHops = 4

/** `target` = what follows the pool's address, query and all. Throws Refused for what the protocol has no place for. */
export function invocationOf(request: Pick<IncomingMessage, 'method' | 'headers'>, target: string, body: Uint8Array): Invocation {
  const { method = 'GET', headers } = request
  if (!methods.includes(method)) throw unfit(`the method ${method} cannot be asked for there`)
  const hops = String(headers[hopHeader] ?? '')
    .split(',')
    .filter((hop) => hop.trim() === hopName)
  if (hops.length >= mostHops) {
    throw new Refused(
      508,
      'REMOTE_LOOP',
      `This call came through ${hops.length} Keywheels already: their pools lead to each other.`,
    )
  }
  const passed = Object.entries(headers).flatMap(([name, value]) =>
    notPassed.test(name) || value === undefined ? [] : [[name, String(value)] as const],
  )
  const kwargs: Record<string, unknown> = {
    headers: { ...Object.fromEntries(passed), [hopHeader]: [...hops, hopName].join(', ') },
  }
  // As text, for JSON.parse would round large numbers.
  if (body.length > 0) kwargs['content'] = jsonOf(headers['content-type'] ?? '', body)
  return { attrPath: ['request'], args: [method, target], kwargs }
}

function jsonOf(type: string, body: Uint8Array): string {
  if (/^multipart\//i.test(type)) throw unfit('it takes no files (multipart); send them to the provider itself')
  if (!/^application\/([a-z0-9.-]+\+)?json\b/i.test(type)) throw unfit('it takes JSON bodies only')
  let text: string
  let value: unknown
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body)
    value = JSON.parse(text)
  } catch {
    throw unfit('the body is not valid JSON')
  }
  const streams = typeof value === 'object' && value !== null && (value as { stream?: unknown }).stream === true
  if (streams) throw unfit('it gives answers as a whole; leave "stream" out')
  return text
}

const unfit = (why: string) =>
  new Refused(400, 'REMOTE_UNFIT', `Calls of this pool go through another server's invoke, and ${why}.`)

/** What the original cuts an answer after that is no JSON. */
const textMax = 10_000
const notGiven =
  /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|content-length|content-encoding|set-cookie|x-keywheel-.*)$/

/** Throws Refused for a call that failed there, and for what is no HTTP answer. */
export function answerOf(invoked: Invoked, method: string): HttpAnswer {
  if (!invoked.success) throw failed(invoked.error)
  const { data } = invoked
  const { _type, status_code, headers, text, ...rest } = isRecord(data) ? data : {}
  if (_type !== 'httpx.Response' || typeof status_code !== 'number' || status_code < 200 || status_code > 599) {
    throw new Refused(502, 'REMOTE_FAILED', 'The server gave something else than an HTTP answer.')
  }
  const given = Object.fromEntries(
    Object.entries(isRecord(headers) ? headers : {}).flatMap(([name, value]) =>
      typeof value === 'string' && !notGiven.test(name.toLowerCase()) && isSound(name, value)
        ? [[name.toLowerCase(), value]]
        : [],
    ),
  )
  const status = status_code
  if (method === 'HEAD' || status === 204 || status === 304) return { status, headers: given, body: '' }
  if (typeof text === 'string') {
    if (text.length >= textMax)
      throw new Refused(502, 'REMOTE_FAILED', `The server cuts answers that are no JSON after ${textMax} characters.`)
    return { status, headers: { 'content-type': 'text/plain; charset=utf-8', ...given }, body: text }
  }
  const json: unknown = rest['data'] ?? null
  const body = json === null ? '' : JSON.stringify(json)
  return { status, headers: { 'content-type': 'application/json', ...given }, body }
}

function isSound(name: string, value: string): boolean {
  return /^[\w!#$%&'*+.^`|~-]+$/.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value)
}

function failed(error: string): Refused {
  const noKeys = /exhausted|no available keys/i.test(error)
  const timedOut = /time(d )?-?out/i.test(error)
  const status = noKeys ? 503 : timedOut ? 504 : 502
  return new Refused(status, 'REMOTE_FAILED', `The server could not make the call: ${error}`)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
