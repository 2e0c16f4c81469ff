/** The built-in echo upstream: it speaks OpenAI, and its keys are no secrets. */
import { accountName } from './account.ts'
import { endpoints, openaiPaths } from './endpoint.ts'
import { ownsNothing } from './model-list.ts'
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
  // Anthropic's messages as well, so that every SDK can try it.
  endpoint: endpoints({ ...openaiPaths, messages: '/messages', count: '/messages/count_tokens' }),
  // It would answer for any; it serves what it lists.
  ownsModel: ownsNothing,
  // Its windows slide as they are, without OpenAI's even refill.
  readings: commonReadings,
  account: ({ header }) => accountName('demo', header('openai-organization')),
}
