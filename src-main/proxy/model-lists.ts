/** `GET /v1/models` in the three formats: what this client could have an answer of now. */
import type { Operation } from '../gateway/types.ts'
import { type AdmittedCall, mayUsePool } from './admit/admission.ts'
import { modelNotFound } from './answer/call-refusals.ts'
import { answerLocally, answerWith } from './answer/local-answer.ts'
import { mayAskFor } from './plan/client-models.ts'
import { apiOf } from './plan/wire-format.ts'
import { headerValue } from './raw-headers.ts'
import type { ProxyClient, ProxyDeps } from './types.ts'

type Listing = Extract<Operation, { kind: 'models' }>

/** Answers a question for the list, or for one model of it. */
export function answerModels({ exchange, client, cors }: AdmittedCall, operation: Listing, deps: ProxyDeps): void {
  const format = listFormat(operation, exchange.rawHeaders)
  const names = modelNames(client, deps)
  const { model } = operation
  const shape = shapes[format]
  if (model !== null && !names.has(model)) {
    answerLocally(exchange, { format: apiOf(format), refusal: modelNotFound(model, []), extra: cors, now: deps.clock.now() })
    return
  }
  const body =
    model === null ? shape.list([...names].map(([id, owner]) => shape.one(id, owner))) : shape.one(model, names.get(model) ?? '')
  answerWith(exchange, 200, ['content-type', 'application/json; charset=utf-8', ...cors], Buffer.from(JSON.stringify(body)))
}

/** The SDKs of Anthropic and Google ask at OpenAI's address; their headers tell them apart. */
function listFormat({ format }: Listing, raw: readonly string[]): Listing['format'] {
  if (format !== 'chat') return format
  if (headerValue(raw, 'anthropic-version') !== undefined) return 'messages'
  return headerValue(raw, 'x-goog-api-key') !== undefined ? 'gemini' : 'chat'
}

/** Names to who owns them: routes, then what ready pools serve, with the pool before the name where one name is served by several. */
function modelNames(client: ProxyClient, deps: ProxyDeps): Map<string, string> {
  const allowed = (pool: string) => mayUsePool(client, pool)
  const served = deps.servedModels().filter(({ ready, pool }) => ready && allowed(pool))
  const pools = new Map<string, number>()
  for (const { model } of served) pools.set(model, (pools.get(model) ?? 0) + 1)
  const names = new Map<string, string>()
  const add = (name: string, owner: string) => {
    if (!names.has(name) && mayAskFor(client, name)) names.set(name, owner)
  }
  for (const name of deps.router().names(allowed)) add(name, 'keywheel')
  for (const { model, provider } of served) add(model, provider)
  for (const { model, pool, provider } of served) if ((pools.get(model) ?? 0) > 1) add(`${pool}/${model}`, provider)
  return names
}

interface Shape {
  one(id: string, owner: string): Record<string, unknown>
  list(models: Record<string, unknown>[]): Record<string, unknown>
}

/** When a model was made is not known here; clients want a time all the same. */
const unknownTime = 0

const shapes: Readonly<Record<Listing['format'], Shape>> = {
  chat: {
    one: (id, owner) => ({ id, object: 'model', created: unknownTime, owned_by: owner }),
    list: (data) => ({ object: 'list', data }),
  },
  messages: {
    one: (id) => ({ type: 'model', id, display_name: id, created_at: new Date(unknownTime).toISOString() }),
    list: (data) => ({ data, has_more: false, first_id: data[0]?.['id'] ?? null, last_id: data.at(-1)?.['id'] ?? null }),
  },
  gemini: {
    one: (id) => ({
      name: `models/${id}`,
      displayName: id,
      supportedGenerationMethods: ['generateContent', 'streamGenerateContent', 'countTokens', 'embedContent'],
    }),
    list: (models) => ({ models }),
  },
}
