/** Gemini's embeddings: `embedContent` for one text, `batchEmbedContents` for a list. */
import { at, countAt, listAt } from '../../providers/read.ts'
import { Fields, type Reading } from '../shared/fields.ts'
import { Untranslatable } from '../types.ts'
import { geminiEmbeddingHints } from './hints.ts'
import { type Embedded, isVector, type Wanted } from './wanted.ts'

/** Throws Untranslatable; texts that want vectors of different lengths are refused, because only one can be asked for. */
export function readGemini(body: unknown, batch: boolean): Wanted {
  const reading: Reading = { hints: batch ? inBatch : geminiEmbeddingHints, found: new Set(), camel: true }
  const fields = new Fields(reading, body)
  const requests = batch ? fields.items('requests') : [fields]
  const read = requests.map((request) => readOne(request))
  if (batch) fields.finish()
  const [first] = read
  if (first === undefined) return fields.refuse('requests', 'There must be at least one text.')
  if (read.some(({ dimensions }) => dimensions !== first.dimensions)) {
    fields.refuse('requests', 'All texts must want the same outputDimensionality.')
  }
  return { texts: read.map(({ text }) => text), dimensions: first.dimensions, base64: false, batch, hints: [...reading.found] }
}

const inBatch = Object.fromEntries(Object.entries(geminiEmbeddingHints).map(([field, why]) => [`requests[].${field}`, why]))

function readOne(request: Fields): { text: string; dimensions: number | null } {
  request.take('model')
  const dimensions = request.number('outputDimensionality')
  const content = request.inner('content') ?? request.refuse('content', 'This is missing.')
  content.take('role')
  const [part, ...others] = content.items('parts')
  if (part === undefined || others.length > 0) return content.refuse('parts', 'This must be one part with a text.')
  const text = part.neededText('text')
  part.finish()
  content.finish()
  request.finish()
  return { text, dimensions }
}

export function writeGemini({ texts, dimensions, batch }: Wanted, model: string): Record<string, unknown> {
  const requests = texts.map((text) => ({
    model: `models/${model}`,
    content: { parts: [{ text }] },
    ...(dimensions === null ? {} : { outputDimensionality: dimensions }),
  }))
  return batch ? { requests } : { ...requests[0] }
}

/** Throws Untranslatable when it is no answer of this kind, or not for every text. */
export function readGeminiAnswer(body: unknown, count: number): Embedded {
  const single = at(body, 'embedding')
  const list = single === undefined ? listAt(body, 'embeddings') : [single]
  const vectors = list.map((entry) => at(entry, 'values'))
  if (vectors.length !== count || !vectors.every(isVector)) {
    throw new Untranslatable('embeddings', "The upstream's answer has not one vector for each text.")
  }
  return { vectors, tokens: countAt(body, 'usageMetadata', 'promptTokenCount') }
}

export function writeGeminiAnswer({ vectors, tokens }: Embedded, batch: boolean): Record<string, unknown> {
  const embeddings = vectors.map((values) => ({ values }))
  const usage = tokens === null ? {} : { usageMetadata: { promptTokenCount: tokens, totalTokenCount: tokens } }
  return batch ? { embeddings, ...usage } : { embedding: embeddings[0], ...usage }
}

/** The client's own request for another model: a batch names it in each of its requests, and all must be the path's. */
export function withGeminiModel(body: unknown, model: string): Record<string, unknown> | null {
  const name = `models/${model}`
  const requests = listAt(body, 'requests')
  const said = [body, ...requests].map((request) => at(request, 'model')).filter((value) => value !== undefined)
  if (said.every((value) => value === name)) return null
  const renamed = (request: unknown) => ({
    ...(request as object),
    ...(at(request, 'model') === undefined ? {} : { model: name }),
  })
  return { ...renamed(body), ...(requests.length === 0 ? {} : { requests: requests.map(renamed) }) }
}
