/** What a request for embeddings wants, in nobody's format. */

export interface Wanted {
  texts: string[]
  /** Null = as many as the model has. */
  dimensions: number | null
  /** OpenAI's clients get the vectors as the bytes of 32-bit floats. */
  base64: boolean
  /** Gemini's two calls: one text, or a list. */
  batch: boolean
  hints: string[]
}

export interface Embedded {
  vectors: number[][]
  /** Null = the upstream does not say. */
  tokens: number | null
}

export function isVector(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'number')
}
