/** A request of the unified API for each upstream that may serve it: untouched where that speaks the client's format. */
import { Untranslatable, type WireFormat } from '../../gateway/types.ts'
import { upstreamModel } from '../../providers/index.ts'
import type { UpstreamCall, UpstreamNames } from '../../providers/types.ts'
import type { AdmittedCall } from '../admit/admission.ts'
import { upstreamTarget } from '../admit/target.ts'
import type { Serving } from '../plan/call-plan.ts'
import { countingUsage } from '../plan/include-usage.ts'
import type { UnifiedRequest } from '../plan/unified-request.ts'
import type { ProxyPool } from '../types.ts'
import { type Said, sayTo } from './saying.ts'

export interface Wording {
  kind: UpstreamCall['kind']
  format: WireFormat
  stream: boolean
  /** The client wants Gemini's stream that is one JSON array. */
  jsonArray: boolean
  /** False = that pool has no address for it. Throws Untranslatable. */
  says(pool: ProxyPool, model: string): boolean
  /** Null = it cannot be said there. */
  say(pool: ProxyPool, model: string): Serving | null
}

/** Longer bodies are translated once more when they are sent instead of being kept for each place. */
const maxKept = 1024 * 1024

export function createWording(call: AdmittedCall, request: UnifiedRequest): Wording {
  const { operation, json, bytes, query } = request
  const { kind, format } = operation
  const stream = kind === 'generate' && (operation.stream ?? json['stream'] === true)
  const jsonArray = stream && format === 'gemini' && new URLSearchParams(query).get('alt') !== 'sse'
  const made = new Map<string, Said>()

  const said = (to: WireFormat, model: string): Said => {
    const name = `${to}\n${model}`
    const known = made.get(name)
    if (known !== undefined) return known
    const fresh = sayTo(to, model, request, { stream, jsonArray })
    if ((fresh.body?.byteLength ?? 0) <= maxKept) made.set(name, fresh)
    return fresh
  }
  /** The client's own format where the upstream speaks it, else the first of the others that it does. */
  const at = (pool: ProxyPool, model: string): { said: Said; endpoint: string } | null => {
    const names = namesOf(pool)
    for (const one of upstreamCalls(request, stream)) {
      if (pool.provider.endpoint(one, model, names) === null) continue
      const words = said(one.format, upstreamModel(model, names))
      const endpoint = pool.provider.endpoint(words.call, model, names)
      if (endpoint !== null) return { said: words, endpoint }
    }
    return null
  }
  return {
    kind,
    format,
    stream,
    jsonArray,
    says: (pool, model) => at(pool, model) !== null,
    say(pool, model) {
      const found = sayable(() => at(pool, model))
      if (found === null) return null
      const { body, dropped, answer, call: upstream } = found.said
      const foreign = upstream.format !== format
      const address = addressOf(found.endpoint, foreign ? null : { format, query, reframed: answer !== null })
      const path = upstreamTarget({ pool, ...address, clientTokens: call.clientTokens })
      if (path === null) return null
      const serving: Serving = {
        pool,
        path,
        // A prompt was never the client's own bytes.
        body: body ?? (request.prompt === null ? null : bytes),
        elsewhere: true,
        foreign,
        plain: answer !== null,
        format: upstream.format,
        answer,
        hidesUsage: false,
        dropped,
      }
      return stream && !foreign && answer === null ? countingUsage(serving, { path: address.rest, json, bytes }, true) : serving
    },
  }
}

function sayable<Result>(make: () => Result): Result | null {
  try {
    return make()
  } catch (error) {
    // It could be said when the plan was made; its pool has other models or names since.
    if (error instanceof Untranslatable) return null
    throw error
  }
}

function namesOf({ config }: ProxyPool): UpstreamNames {
  return { deployments: config.deployments, apiVersion: config.apiVersion }
}

interface ClientQuery {
  format: WireFormat
  query: string
  /** Upstream is asked for the other of Gemini's two framings. */
  reframed: boolean
}

/** The client's query goes along in its own format; in Gemini's it also says how the stream is framed. */
function addressOf(endpoint: string, client: ClientQuery | null): { rest: string; query: string } {
  const mark = endpoint.indexOf('?')
  const rest = mark < 0 ? endpoint : endpoint.slice(0, mark)
  const own = mark < 0 ? '' : endpoint.slice(mark)
  if (client === null) return { rest, query: own }
  if (own === '' || (client.format === 'gemini' && !client.reframed)) return { rest, query: client.query }
  const pairs = client.query
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '' && !pair.startsWith('alt='))
  return { rest, query: [own, ...pairs].join('&') }
}

/** In the order in which they are tried. Responses is nobody's second choice: it can do nothing for another format that chat cannot. */
function upstreamCalls({ operation }: UnifiedRequest, stream: boolean): UpstreamCall[] {
  switch (operation.kind) {
    case 'generate':
      return ownFirst<WireFormat>(operation.format, ['chat', 'messages', 'gemini']).map((format) => ({
        kind: 'generate',
        format,
        stream,
      }))
    case 'embed':
      return ownFirst<'chat' | 'gemini'>(operation.format, ['chat', 'gemini']).map((format) => ({
        kind: 'embed',
        format,
        batch: operation.batch,
      }))
    case 'count':
      return ownFirst<'messages' | 'gemini'>(operation.format, ['messages', 'gemini']).map((format) => ({
        kind: 'count',
        format,
      }))
  }
}

function ownFirst<Format>(own: Format, all: readonly Format[]): Format[] {
  return [own, ...all.filter((format) => format !== own)]
}
