/** The built-in echo upstream: it speaks OpenAI, and its keys are no secrets. */
import { openai } from './openai.ts'
import type { ProviderDefinition } from './types.ts'

export const demo: ProviderDefinition = {
  ...openai,
  id: 'demo',
  name: 'Demo',
  // Its address is known only once it runs.
  baseUrl: null,
  keysUrl: null,
  keyHint: 'demo-…',
  keyPrefixes: ['demo-'],
}
