/** The published table of what a request may say that is not carried over to another format: field by field, with the reason. */
import { chatHints } from './chat/hints.ts'
import { embeddingHints, geminiEmbeddingHints } from './embeddings/hints.ts'
import { geminiHints } from './gemini/hints.ts'
import { messagesHints } from './messages/hints.ts'
import { responsesHints } from './responses/hints.ts'

/** By what the client speaks; `[]` in a field stands for any place in a list. Any other field that does not fit is refused. */
export const ignorableHints = {
  chat: chatHints,
  responses: responsesHints,
  messages: messagesHints,
  gemini: geminiHints,
  embeddings: embeddingHints,
  geminiEmbeddings: geminiEmbeddingHints,
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>
