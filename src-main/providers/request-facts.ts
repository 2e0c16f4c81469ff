/** What a request asks for: its model, whether it wants a stream, and how much it may use. */
import { estimateTokens } from './estimate.ts'
import { at, countAt, textAt } from './read.ts'
import type { RequestFacts } from './types.ts'

/** Longer names are nobody's model; they would only fill tables. */
const modelMax = 200

/** From the path, in which Azure takes capitals for small letters (`/models/{m}:verb` of Gemini, `/deployments/{d}/` of Azure) and the body. */
export function requestFacts(path: string, body: unknown): RequestFacts {
  const mark = path.indexOf('?')
  const pathname = mark < 0 ? path : path.slice(0, mark)
  const gemini = /\/models\/([^/:]+):(\w+)$/i.exec(pathname)
  const deployment = /\/deployments\/([^/]+)\//i.exec(pathname)?.[1]
  const named = textAt(body, 'model') || decoded(gemini?.[1] ?? deployment ?? '')
  const model = named === '' || named.length > modelMax ? null : named.replace(/^models\//, '')
  return {
    model,
    stream: at(body, 'stream') === true || gemini?.[2] === 'streamGenerateContent',
    inputTokens: estimateTokens(body),
    outputTokens: mostOutput(body),
  }
}

/** For APIs of which nothing is known. */
export function noFacts(): RequestFacts {
  return { model: null, stream: false, inputTokens: 0, outputTokens: 0 }
}

function mostOutput(body: unknown): number {
  return (
    countAt(body, 'max_completion_tokens') ??
    countAt(body, 'max_tokens') ??
    countAt(body, 'max_output_tokens') ??
    countAt(body, 'generationConfig', 'maxOutputTokens') ??
    countAt(body, 'generation_config', 'max_output_tokens') ??
    0
  )
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // A stray % sign: the name as it stands.
    return text
  }
}
