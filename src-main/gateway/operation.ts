/** What a request to the unified API is, by its method and path. */
import type { Operation } from './types.ts'

/** Everything below it takes the rest of the path as a model, which may have slashes (`pool/model`), written out or as %2F. */
const modelsPath = /^\/(v1beta|v1)\/models(?:\/(.+))?$/

/**
 * Null = nothing of the unified API is there. `path` may have a query. A list of models on /v1 is said to be `chat`'s; Anthropic's
 * clients ask at the same address and are told apart by their headers.
 */
export function operationOf(method: string, path: string): Operation | null {
  const [pathname = ''] = path.split('?', 1)
  if (method === 'POST') return fixed[pathname] ?? posted(pathname)
  return method === 'GET' ? listed(pathname) : null
}

const said = { model: null, stream: null }

const fixed: Readonly<Record<string, Operation>> = {
  '/v1/chat/completions': { kind: 'generate', format: 'chat', ...said },
  '/v1/responses': { kind: 'generate', format: 'responses', ...said },
  '/v1/messages': { kind: 'generate', format: 'messages', ...said },
  '/v1/messages/count_tokens': { kind: 'count', format: 'messages', model: null },
  '/v1/embeddings': { kind: 'embed', format: 'chat', model: null, batch: true },
}

/** Gemini's `/models/{model}:verb`; its SDK can be told to say v1. */
function posted(pathname: string): Operation | null {
  const rest = modelsPath.exec(pathname)?.[2]
  const colon = rest?.lastIndexOf(':') ?? -1
  if (rest === undefined || colon < 1) return null
  const model = decoded(rest.slice(0, colon))
  return model === null ? null : verb(rest.slice(colon + 1), model)
}

function verb(name: string, model: string): Operation | null {
  switch (name) {
    case 'generateContent':
      return { kind: 'generate', format: 'gemini', model, stream: false }
    case 'streamGenerateContent':
      return { kind: 'generate', format: 'gemini', model, stream: true }
    case 'countTokens':
      return { kind: 'count', format: 'gemini', model }
    case 'embedContent':
      return { kind: 'embed', format: 'gemini', model, batch: false }
    case 'batchEmbedContents':
      return { kind: 'embed', format: 'gemini', model, batch: true }
    default:
      return null
  }
}

function listed(pathname: string): Operation | null {
  const match = modelsPath.exec(pathname)
  if (match === null) return null
  const format = match[1] === 'v1beta' ? 'gemini' : 'chat'
  if (match[2] === undefined) return { kind: 'models', format, model: null }
  const model = decoded(match[2])
  return model === null ? null : { kind: 'models', format, model }
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
