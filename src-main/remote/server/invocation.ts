/** From `attr_path`, args and kwargs to one HTTP request below the pool's base URL; everything else is an error in Python's words. */
import { largeInteger } from '../../base/exact-json.ts'

/** One call of an httpx.Client. */
export interface Invocation {
  method: string
  /** '' or a path beginning with '/', and its query. */
  target: string
  headers: Readonly<Record<string, string>>
  body: string | null
  /** Null = as long as the pool's own time-outs let it. */
  timeoutMs: number | null
}

/** What a Python program would have met: `AttributeError: …`. */
export interface PythonError {
  error: string
}

interface Given {
  path: readonly string[]
  args: readonly unknown[]
  kwargs: Readonly<Record<string, unknown>>
}

const verbs = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'] as const
const withBody: ReadonlySet<string> = new Set(['post', 'put', 'patch', 'request'])
/** Seconds. */
const longestTimeout = 3600

/** What an httpx.Client takes of these: the verbs and `request`. Nothing is looked up on any object. */
export function invocationOf({ path, args, kwargs }: Given): Invocation | PythonError {
  const [name = ''] = path
  const method = verbs.find((verb) => verb === name)
  if (method === undefined && name !== 'request') return attributeError('Client', 0, path)
  if (path.length > 1) return attributeError('function', 1, path)
  try {
    const positional = method === undefined ? ['method', 'url'] : ['url']
    const { url, ...options } = named(`Client.${name}()`, positional, args, kwargs)
    const verb = method ?? verbOf(options['method'])
    delete options['method']
    assertKnown(name, options)
    const body = bodyOf(options, verb)
    return {
      method: verb.toUpperCase(),
      target: targetOf(url, options['params']),
      headers: { ...body.headers, ...headersOf(options['headers']) },
      body: body.text,
      timeoutMs: timeoutOf(options['timeout']),
    }
  } catch (error) {
    if (error instanceof Misuse) return { error: error.message }
    throw error
  }
}

/** Thrown inside this file only. */
class Misuse extends Error {
  constructor(type: 'TypeError' | 'ValueError' | 'UnsupportedProtocol', message: string) {
    super(`${type}: ${message}`)
  }
}

function attributeError(type: string, step: number, path: readonly string[]): PythonError {
  const what = `'${type}' object has no attribute '${path[step]}'`
  return { error: `AttributeError: ${what} (step ${step + 1} of '${path.join('.')}')`.slice(0, 1000) }
}

function named(
  call: string,
  names: readonly string[],
  args: readonly unknown[],
  kwargs: Given['kwargs'],
): Record<string, unknown> {
  if (args.length > names.length) {
    throw new Misuse('TypeError', `${call} takes ${names.length + 1} positional arguments but ${args.length + 1} were given`)
  }
  const given: Record<string, unknown> = { ...kwargs }
  for (const [i, value] of args.entries()) {
    const name = names[i] ?? ''
    if (Object.hasOwn(kwargs, name)) throw new Misuse('TypeError', `${call} got multiple values for argument '${name}'`)
    given[name] = value
  }
  const missing = names.find((name) => given[name] === undefined)
  if (missing !== undefined) throw new Misuse('TypeError', `${call} missing 1 required positional argument: '${missing}'`)
  return given
}

function assertKnown(name: string, options: Readonly<Record<string, unknown>>): void {
  const known = ['params', 'headers', 'timeout', ...(withBody.has(name) ? ['json', 'data', 'content'] : [])]
  const other = Object.keys(options).find((option) => !known.includes(option))
  if (other !== undefined)
    throw new Misuse('TypeError', `Client.${name}() got an unexpected keyword argument '${other.slice(0, 100)}'`)
}

function verbOf(value: unknown): (typeof verbs)[number] {
  const verb = typeof value === 'string' ? verbs.find((one) => one === value.toLowerCase()) : undefined
  if (verb === undefined)
    throw new Misuse('ValueError', `method: give one of ${verbs.map((one) => one.toUpperCase()).join(', ')}`)
  return verb
}

/** Relative to the pool's base URL, and below it. Twice unescaped, for an upstream that does that. */
function targetOf(url: unknown, params: unknown): string {
  if (typeof url !== 'string') throw new Misuse('TypeError', 'url must be a str')
  const relative = "give a URL relative to the pool's base URL, such as '/models'"
  if (/^[a-z][a-z0-9+.-]*:/i.test(url) || /^[/\\]{2}/.test(url)) throw new Misuse('UnsupportedProtocol', relative)
  const [address = ''] = url.split('#', 1)
  const mark = address.indexOf('?')
  const path = mark < 0 ? address : address.slice(0, mark)
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  if (/[\u0000-\u0020\u007f\\]/.test(address) || unescaped(path).some((segment) => /^\.\.?(;.*)?$/.test(segment))) {
    throw new Misuse('ValueError', relative)
  }
  const query = [mark < 0 ? '' : address.slice(mark + 1), paramsOf(params)].filter((part) => part !== '').join('&')
  const rooted = path === '' || path.startsWith('/') ? path : `/${path}`
  return query === '' ? rooted : `${rooted}?${query}`
}

function unescaped(path: string): string[] {
  const once = (text: string) =>
    text.replaceAll(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return once(once(path)).replaceAll('\\', '/').split('/')
}

function paramsOf(params: unknown): string {
  if (params === undefined || params === null) return ''
  return formOf('params', params)
}

/** `{name: value}` or `{name: [value, …]}`, as httpx writes it. */
function formOf(option: string, fields: unknown): string {
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields))
    throw new Misuse('TypeError', `${option} must be a dict`)
  const form = new URLSearchParams()
  for (const [name, value] of Object.entries(fields as Record<string, unknown>)) {
    for (const one of Array.isArray(value) ? (value as unknown[]) : [value]) form.append(name, scalar(option, one))
  }
  return form.toString()
}

function scalar(option: string, value: unknown): string {
  if (value === null) return ''
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  const digits = largeInteger(value)
  if (digits !== null) return digits
  throw new Misuse('TypeError', `${option}: give texts, numbers, true, false or None`)
}

function bodyOf(
  { json, data, content }: Record<string, unknown>,
  verb: string,
): { text: string | null; headers: Record<string, string> } {
  const given = [json, data, content].filter((value) => value !== undefined && value !== null)
  if (given.length === 0) return { text: null, headers: {} }
  if (given.length > 1) throw new Misuse('TypeError', 'give one of content, data and json')
  if (verb === 'get' || verb === 'head') throw new Misuse('TypeError', `a ${verb.toUpperCase()} request has no body`)
  if (json !== undefined && json !== null) {
    return { text: JSON.stringify(json), headers: { 'content-type': 'application/json' } }
  }
  const raw = content ?? data
  if (typeof raw === 'string') return { text: raw, headers: {} }
  if (raw === content) throw new Misuse('TypeError', 'content must be a str')
  return { text: formOf('data', data), headers: { 'content-type': 'application/x-www-form-urlencoded' } }
}

/** The pool sets the credential, and the connection is the proxy's. */
const notTheirs =
  /^(authorization|x-api-key|x-goog-api-key|api-key|cookie|host|content-length|connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|expect|origin|sec-fetch-.*|x-keywheel-.*)$/

function headersOf(headers: unknown): Record<string, string> {
  if (headers === undefined || headers === null) return {}
  if (typeof headers !== 'object' || Array.isArray(headers)) throw new Misuse('TypeError', 'headers must be a dict')
  return Object.fromEntries(
    Object.entries(headers).map(([given, value]) => {
      const name = given.toLowerCase()
      if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(name)) throw new Misuse('ValueError', 'headers: a name is not valid')
      if (notTheirs.test(name)) throw new Misuse('ValueError', `headers: '${name}' is set by the pool`)
      if (typeof value !== 'string' || !/^[\t\x20-\x7e\u00a0-\u00ff]*$/.test(value)) {
        throw new Misuse('TypeError', `headers: '${name}' must be a plain str`)
      }
      return [name, value]
    }),
  )
}

function timeoutOf(timeout: unknown): number | null {
  if (timeout === undefined || timeout === null) return null
  if (typeof timeout === 'number' && timeout > 0 && timeout <= longestTimeout) return Math.ceil(timeout * 1000)
  throw new Misuse('ValueError', `timeout: give seconds, up to ${longestTimeout}`)
}
