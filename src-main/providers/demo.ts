/** The built-in echo upstream: it speaks OpenAI, and its keys are no secrets. */
import { accountName } from './account.ts'
import { openai } from './openai.ts'
import { commonReadings } from './openai-limits.ts'
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
  // Its windows slide as they are, without OpenAI's even refill.
  readings: commonReadings,
  account: ({ header }) => accountName('demo', header('openai-organization')),
}
