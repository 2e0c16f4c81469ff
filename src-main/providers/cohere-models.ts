/** Cohere's list of models: https://docs.cohere.com/reference/list-models. Rerankers and classifiers are none that the unified API can ask. */
import { names } from './model-list.ts'
import { listAt } from './read.ts'
import type { ProviderDefinition } from './types.ts'

export const cohereModels: ProviderDefinition['models'] = {
  // The most that one page holds.
  path: '/v1/models?page_size=1000',
  read: (body) =>
    names(
      listAt(body, 'models').filter((model) => {
        const uses = listAt(model, 'endpoints')
        return uses.length === 0 || uses.includes('chat') || uses.includes('embed')
      }),
      'name',
    ),
}
