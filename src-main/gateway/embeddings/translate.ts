/** Puts a request for embeddings into the upstream's format, and its answer back into the client's. */
import type { UpstreamCall } from '../../providers/types.ts'
import { formats } from '../formats.ts'
import { errorIn, errorOfAnswer } from '../shared/openai-error.ts'
import { withModel } from '../splice/model.ts'
import type { AnswerError, AnswerTranslation } from '../types.ts'
import { readGemini, readGeminiAnswer, withGeminiModel, writeGemini, writeGeminiAnswer } from './gemini.ts'
import { readOpenai, readOpenaiAnswer, writeOpenai, writeOpenaiAnswer } from './openai.ts'
import type { Embedded, Wanted } from './wanted.ts'

type EmbedFormat = 'chat' | 'gemini'

interface EmbedRequest {
  from: EmbedFormat
  to: EmbedFormat
  /** The client's own bytes, and the JSON in them. */
  bytes: Uint8Array
  body: unknown
  /** The model as the upstream knows it. */
  model: string
  /** The client called `batchEmbedContents`; nothing for OpenAI's. */
  batch: boolean
}

interface EmbedTranslation {
  /** Null = the client's own bytes. */
  body: Uint8Array | null
  dropped: readonly string[]
  /** What is to be called at the upstream. */
  call: Extract<UpstreamCall, { kind: 'embed' }>
  /** Null = the answer is in the client's format already. */
  answer: Pick<AnswerTranslation, 'whole'> | null
}

/** Throws Untranslatable, naming the field. Between the same formats at most the model's name is replaced. */
export function translateEmbedding(request: EmbedRequest): EmbedTranslation {
  const { from, to, body, model, batch } = request
  if (from === to) return { body: sameFormat(request), dropped: [], call: { kind: 'embed', format: to, batch }, answer: null }
  const wanted = from === 'chat' ? readOpenai(body) : readGemini(body, batch)
  const written = to === 'chat' ? writeOpenai(wanted, model) : writeGemini(wanted, model)
  return {
    body: Buffer.from(JSON.stringify(written)),
    dropped: wanted.hints,
    call: { kind: 'embed', format: to, batch: wanted.batch },
    answer: { whole: (status, answer) => whole(request, wanted, status, answer) },
  }
}

function sameFormat({ from, bytes, body, model }: EmbedRequest): Uint8Array | null {
  if (from === 'chat') return (body as { model?: unknown } | null)?.model === model ? null : withModel(bytes, model)
  const renamed = withGeminiModel(body, model)
  return renamed === null ? null : Buffer.from(JSON.stringify(renamed))
}

function whole({ from, to, model }: EmbedRequest, wanted: Wanted, status: number, body: unknown): Record<string, unknown> {
  const error: AnswerError | null = status >= 400 ? errorOfAnswer(status, body) : errorIn(body)
  if (error !== null) return formats[from].writeError(error)
  const count = wanted.texts.length
  const embedded: Embedded = to === 'chat' ? readOpenaiAnswer(body, count) : readGeminiAnswer(body, count)
  return from === 'chat' ? writeOpenaiAnswer(embedded, wanted.base64, model) : writeGeminiAnswer(embedded, wanted.batch)
}
