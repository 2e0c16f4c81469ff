/** From the request's target to what it is for: a pool and what follows its name, the unified API, a prompt. */
import { reservedSlugs } from '../../../src-preload/contract/index.ts'

export type Route =
  | { kind: 'health' }
  | { kind: 'metrics' }
  | { kind: 'pool'; slug: string; rest: string; query: string }
  /** `path` is whole, with its /v1 or /v1beta. */
  | { kind: 'unified'; path: string; query: string }
  | { kind: 'prompt'; slug: string }
  | DoorRoute
  /** Not a pool's name: reserved for Keywheel, or nothing at all. */
  | { kind: 'none' }
  | { kind: 'bad'; message: string }

/** What is no call: programs that ask for a token, the apipool protocol. */
export interface DoorRoute {
  kind: 'door'
  door: 'connect' | 'apipool'
  /** Whole, as the client sent it. */
  path: string
  query: string
  /** What is wrong with the path; null = nothing. */
  problem: string | null
}

/** Splits `/<first>/rest?query`. `rest` is '' or begins with one '/', `query` is '' or begins with '?'; both as the client sent them. */
export function route(target: string): Route {
  const mark = target.indexOf('?')
  const path = mark < 0 ? target : target.slice(0, mark)
  const query = mark < 0 ? '' : target.slice(mark)
  const problem = pathProblem(path)
  const door = /^\/(connect|api\/v1)(?:\/|$)/.exec(path)?.[1]
  if (door !== undefined) return { kind: 'door', door: door === 'connect' ? 'connect' : 'apipool', path, query, problem }
  if (problem !== null) return { kind: 'bad', message: problem }
  const end = path.indexOf('/', 1)
  const first = end < 0 ? path.slice(1) : path.slice(1, end)
  // Base addresses are often written with a slash at the end.
  const rest = end < 0 ? '' : path.slice(end).replace(/^\/+/, '/')
  if (first === '' || (reservedSlugs as readonly string[]).includes(first)) return reserved(first, rest, query)
  return { kind: 'pool', slug: first, rest, query }
}

function reserved(first: string, rest: string, query: string): Route {
  if (first === 'healthz' && rest === '') return { kind: 'health' }
  if (first === 'metrics' && rest === '') return { kind: 'metrics' }
  // The SDKs of OpenAI and Anthropic differ in whether the base address has the version; said twice it is said once.
  if (first === 'v1' || first === 'v1beta') return { kind: 'unified', path: `/${first}${rest.replace(/^\/v1(?=\/)/, '')}`, query }
  const slug = first === 'prompts' ? rest.slice(1) : ''
  return slug === '' || slug.includes('/') ? { kind: 'none' } : { kind: 'prompt', slug }
}

/** Anything that another program on the way could read as leaving the pool's prefix. */
function pathProblem(path: string): string | null {
  if (path.startsWith('//')) return 'The path must not begin with two slashes.'
  // What nearly every path is: there is nothing in it that somebody could read in another way.
  if (!/[%\\;]|\/\./.test(path)) return null
  if (/%(?![0-9a-f]{2})/i.test(path)) return 'The path has a % that is not followed by two hex digits.'
  if (/%(0[0-9a-f]|1[0-9a-f]|7f|5c)/i.test(path)) return 'The path has an encoded control character or backslash.'
  // Twice, for an upstream that decodes twice.
  for (const segment of unescape2(path).split('/')) {
    if (/^\.{1,2}(;.*)?$/.test(segment)) return 'The path must not have "." or ".." in it.'
  }
  return null
}

/** Decodes twice, byte by byte, and turns backslashes. Only for looking at: what goes up stays as it was sent. */
function unescape2(path: string): string {
  return unescape1(unescape1(path)).replaceAll('\\', '/')
}

function unescape1(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
