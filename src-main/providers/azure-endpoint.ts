/**
 * Azure's two ways: the v1 API, whose addresses are OpenAI's (below `…/openai` or `…/openai/v1`), and the one with deployments in
 * the path and a dated api-version (below `…/openai`). Source: learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle.
 */
import { openaiPaths, pathStep, purposeOf, upstreamModel } from './endpoint.ts'
import type { ProviderDefinition } from './types.ts'

export const azureEndpoint: ProviderDefinition['endpoint'] = (call, model, names) => {
  const purpose = purposeOf(call)
  if (purpose !== 'chat' && purpose !== 'responses' && purpose !== 'embeddings') return null
  const path = openaiPaths[purpose]
  const query = names.apiVersion === null ? '' : `?api-version=${encodeURIComponent(names.apiVersion)}`
  // v1 knows `preview` and `latest`, which ask for no older API.
  if (!/^\d/.test(names.apiVersion ?? '')) return `/v1${path}${query}`
  // Responses came after the deployments had left the path: the body names them.
  if (purpose === 'responses') return path + query
  const deployment = pathStep(upstreamModel(model, names))
  return deployment === null ? null : `/deployments/${deployment}${path}${query}`
}
