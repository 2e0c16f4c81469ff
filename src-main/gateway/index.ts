/** What the other rooms use of the gateway. */
export { translateEmbedding } from './embeddings/translate.ts'
export { ignorableHints } from './hints.ts'
export { operationOf } from './operation.ts'
export { withIncludeUsage } from './splice/include-usage.ts'
export { usageFilter } from './splice/usage-filter.ts'
export { errorBodyFor, streamErrorFor, translate } from './translate.ts'
