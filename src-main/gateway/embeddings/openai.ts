/** OpenAI's embeddings. */
import { at, countAt, listAt } from '../../providers/read.ts'
import { Fields, type Reading } from '../shared/fields.ts'
import { Untranslatable } from '../types.ts'
import { embeddingHints } from './hints.ts'
import { type Embedded, isVector, type Wanted } from './wanted.ts'

/** Throws Untranslatable; tokens instead of texts are refused, for they mean something to one model only. */
export function readOpenai(body: unknown): Wanted {
  const reading: Reading = { hints: embeddingHints, found: new Set() }
  const request = new Fields(reading, body)
  request.take('model')
  const encoding = request.text('encoding_format') ?? 'float'
  if (encoding !== 'float' && encoding !== 'base64') request.refuse('encoding_format', 'This must be float or base64.')
  const wanted = {
    texts: readTexts(request),
    dimensions: request.number('dimensions'),
    base64: encoding === 'base64',
    batch: true,
  }
  request.finish()
  return { ...wanted, hints: [...reading.found] }
}

function readTexts(request: Fields): string[] {
  const input = request.take('input')
  const list: unknown[] = Array.isArray(input) ? input : [input]
  if (list.length === 0) request.refuse('input', 'There must be at least one text.')
  return list.map((text) =>
    typeof text === 'string'
      ? text
      : request.refuse('input', 'This must be a text or a list of texts; tokens mean nothing to another model.'),
  )
}

export function writeOpenai({ texts, dimensions, batch }: Wanted, model: string): Record<string, unknown> {
  const input = batch ? texts : texts[0]
  return { model, input, encoding_format: 'float', ...(dimensions === null ? {} : { dimensions }) }
}

/** Throws Untranslatable when it is no answer of this kind, or not for every text. */
export function readOpenaiAnswer(body: unknown, count: number): Embedded {
  const vectors: number[][] = []
  for (const [position, entry] of listAt(body, 'data').entries()) {
    vectors[countAt(entry, 'index') ?? position] = vectorOf(at(entry, 'embedding'))
  }
  if (vectors.length !== count || vectors.includes(undefined as never))
    throw new Untranslatable('data', "The upstream's answer has not one vector for each text.")
  return { vectors, tokens: countAt(body, 'usage', 'prompt_tokens') }
}

/** A list, or (what nobody asked for, but some send) the bytes of 32-bit floats as base64. */
function vectorOf(embedding: unknown): number[] {
  if (isVector(embedding)) return embedding
  if (typeof embedding !== 'string') throw new Untranslatable('data', "The upstream's answer has an embedding that is no vector.")
  const bytes = Buffer.from(embedding, 'base64')
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, index) => bytes.readFloatLE(index * 4))
}

/** Unknown tokens count as 0: clients of this format reckon with a number. */
export function writeOpenaiAnswer({ vectors, tokens }: Embedded, base64: boolean, model: string): Record<string, unknown> {
  const data = vectors.map((vector, index) => ({ object: 'embedding', index, embedding: base64 ? base64Of(vector) : vector }))
  return { object: 'list', data, model, usage: { prompt_tokens: tokens ?? 0, total_tokens: tokens ?? 0 } }
}

function base64Of(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4)
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4)
  return bytes.toString('base64')
}
