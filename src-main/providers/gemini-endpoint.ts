/** Gemini's addresses name the model: https://ai.google.dev/api/generate-content, /api/embeddings, /api/tokens, /api/models. */
import { pathStep } from './endpoint.ts'
import { names } from './model-list.ts'
import { listAt } from './read.ts'
import type { ProviderDefinition, UpstreamCall } from './types.ts'

export const geminiEndpoint: ProviderDefinition['endpoint'] = (call, model) => {
  const verb = verbOf(call)
  const step = pathStep(bare(model))
  return verb === null || step === null ? null : `/v1beta/models/${step}:${verb}`
}

function verbOf(call: UpstreamCall): string | null {
  if (call.kind === 'generate') {
    if (call.format !== 'gemini') return null
    // Without alt=sse its stream is one JSON array.
    return call.stream ? 'streamGenerateContent?alt=sse' : 'generateContent'
  }
  if (call.format !== 'gemini') return null
  if (call.kind === 'count') return 'countTokens'
  return call.batch ? 'batchEmbedContents' : 'embedContent'
}

/** What the unified API can ask of a model. */
const methods = ['generateContent', 'embedContent']

export const geminiModels: ProviderDefinition['models'] = {
  path: '/v1beta/models?pageSize=1000',
  read: (body) => names(listAt(body, 'models').filter(isUsable), 'name').map(bare),
}

/** One that does not say what it can do may be asked. Pictures and films have methods of their own. */
function isUsable(entry: unknown): boolean {
  const said = listAt(entry, 'supportedGenerationMethods')
  return said.length === 0 || said.some((method) => methods.includes(String(method)))
}

function bare(model: string): string {
  return model.replace(/^models\//, '')
}
