/** All providers, by id. */

import type { ProviderId } from '../../src-preload/contract/index.ts'
import { anthropic } from './anthropic.ts'
import { azureOpenai } from './azure-openai.ts'
import { cohere } from './cohere.ts'
import { custom } from './custom.ts'
import { deepseek } from './deepseek.ts'
import { demo } from './demo.ts'
import { gemini } from './gemini.ts'
import { groq } from './groq.ts'
import { mistral } from './mistral.ts'
import { openai } from './openai.ts'
import { openaiCompatible } from './openai-compatible.ts'
import { openrouter } from './openrouter.ts'
import type { ProviderDefinition } from './types.ts'
import { xai } from './xai.ts'

export const providers: Readonly<Record<ProviderId, ProviderDefinition>> = {
  openai,
  anthropic,
  gemini,
  'azure-openai': azureOpenai,
  openrouter,
  deepseek,
  mistral,
  groq,
  xai,
  cohere,
  'openai-compatible': openaiCompatible,
  custom,
  demo,
}

/** The provider of that id; undefined when there is none. */
export function findProvider(id: string): ProviderDefinition | undefined {
  return Object.hasOwn(providers, id) ? providers[id as ProviderId] : undefined
}
