/** The door of this room. */
export { detectFormat } from './api-format.ts'
export { upstreamModel } from './endpoint.ts'
export { guessProvider, keyHintOf } from './key-hint.ts'
export { localError } from './local-error.ts'
export { createPricing, type Pricing } from './prices.ts'
export { findProvider, providers } from './registry.ts'
export type { ApiFormat, ProviderDefinition, TokenUsage, UpstreamAnswer } from './types.ts'
