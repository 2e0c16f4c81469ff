/** Where calls of the unified API go, below a provider's base URL. */
import type { ProviderDefinition, UpstreamCall, UpstreamNames, WireFormat } from './types.ts'

/** What one address is for. */
type Purpose = WireFormat | 'embeddings' | 'count'

/** OpenAI's own addresses; most others have some of them. */
export const openaiPaths = { chat: '/chat/completions', responses: '/responses', embeddings: '/embeddings' } as const

/** A provider whose addresses do not depend on the model: it speaks what is in the table, and nothing else. */
export function endpoints(paths: Partial<Record<Purpose, string>>): ProviderDefinition['endpoint'] {
  return (call) => {
    const purpose = purposeOf(call)
    return (purpose === null ? undefined : paths[purpose]) ?? null
  }
}

/** Null = only Gemini's own addresses say it. */
export function purposeOf(call: UpstreamCall): Purpose | null {
  switch (call.kind) {
    case 'generate':
      return call.format
    case 'embed':
      return call.format === 'chat' ? 'embeddings' : null
    case 'count':
      return call.format === 'messages' ? 'count' : null
  }
}

/** The name by which the upstream knows a model: Azure's deployment, else its own. It belongs into the path and into a body that names the model. */
export function upstreamModel(model: string, { deployments }: Pick<UpstreamNames, 'deployments'>): string {
  return Object.hasOwn(deployments, model) ? (deployments[model] ?? model) : model
}

/** One step of a path; null for a name that would be taken for a way up, or cannot be written in a path. */
export function pathStep(name: string): string | null {
  return name === '' || name === '.' || name === '..' || !name.isWellFormed() ? null : encodeURIComponent(name)
}
