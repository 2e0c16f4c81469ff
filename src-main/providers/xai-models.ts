/** xAI's list of models that write, with their other names, which is what most programs ask for: https://docs.x.ai/developers/rest-api-reference */
import { names } from './model-list.ts'
import { listAt } from './read.ts'
import type { ProviderDefinition } from './types.ts'

export const xaiModels: ProviderDefinition['models'] = {
  path: '/language-models',
  read: (body) => {
    const models = listAt(body, 'models')
    const others = models.flatMap((model) => listAt(model, 'aliases')).filter((name) => typeof name === 'string')
    return [...new Set([...names(models, 'id'), ...others])]
  },
}
