/** All providers, by id. */
import type { ProviderId } from '../../src-preload/contract/index.ts'
import { anthropic } from './anthropic.ts'
import { custom } from './custom.ts'
import { demo } from './demo.ts'
import { gemini } from './gemini.ts'
import { openai } from './openai.ts'
import { openaiCompatible } from './openai-compatible.ts'
import type { ProviderDefinition } from './types.ts'

export const providers: Readonly<Record<ProviderId, ProviderDefinition>> = {
  openai,
  anthropic,
  gemini,
  'openai-compatible': openaiCompatible,
  custom,
  demo,
}

/** The provider of that id; undefined when there is none. */
export function findProvider(id: string): ProviderDefinition | undefined {
  return Object.hasOwn(providers, id) ? providers[id as ProviderId] : undefined
}
