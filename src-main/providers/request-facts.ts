/** What a request asks for: its model, and whether it wants a stream. */
import { at, textAt } from './read.ts'
import type { RequestFacts } from './types.ts'

/** Longer names are nobody's model; they would only fill tables. */
const modelMax = 200

/** From the path (`/models/{m}:verb` of Gemini, `/deployments/{d}/` of Azure) or the body's `model` and `stream`. */
export function requestFacts(path: string, body: unknown): RequestFacts {
  const [pathname = ''] = path.split('?', 1)
  const gemini = /\/models\/([^/:]+):(\w+)$/.exec(pathname)
  const deployment = /\/deployments\/([^/]+)\//.exec(pathname)?.[1]
  const model = textAt(body, 'model') || decoded(gemini?.[1] ?? deployment ?? '')
  return {
    model: model === '' || model.length > modelMax ? null : model.replace(/^models\//, ''),
    stream: at(body, 'stream') === true || gemini?.[2] === 'streamGenerateContent',
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // A stray % sign: the name as it stands.
    return text
  }
}
