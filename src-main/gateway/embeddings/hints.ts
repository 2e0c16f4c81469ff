/** Fields of a request for embeddings that may be ignored. */

/** OpenAI's. */
export const embeddingHints: Readonly<Record<string, string>> = {
  user: 'Names the end user to the provider’s abuse checks.',
}

/** Gemini's. */
export const geminiEmbeddingHints: Readonly<Record<string, string>> = {
  taskType: 'Tunes the vector to a purpose; other models have one vector for all.',
  title: 'Goes with the task RETRIEVAL_DOCUMENT.',
  autoTruncate: 'What to do with a text that is too long; other APIs refuse it.',
}
