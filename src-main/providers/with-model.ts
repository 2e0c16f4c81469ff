/** The same request for another model. */
import { at } from './read.ts'
import type { ProviderDefinition } from './types.ts'

/** Gemini's `/models/{m}:verb` and Azure's `/deployments/{d}/…`. */
const place = /(\/models\/)[^/:]+(?=:\w+$)|(\/deployments\/)[^/]+(?=\/)/i

/**
 * Replaces the model in the path and in the body's `model`, wherever it stands. Null when it stands nowhere (a multipart body is
 * not read), or also in parts of the body that would have to agree with it. `body` is not changed.
 */
export const withModel: ProviderDefinition['withModel'] = (path, body, model) => {
  // A batch of Gemini names the model in each of its requests.
  if (at(body, 'requests') !== undefined) return null
  const [pathname = '', ...query] = path.split('?')
  const inPath = place.test(pathname)
  const moved = inPath
    ? pathname.replace(
        place,
        (_, gemini?: string, azure?: string) => (gemini ?? azure ?? '') + encodeURIComponent(model.replace(/^models\//, '')),
      )
    : pathname
  const whole = [moved, ...query].join('?')
  if (typeof at(body, 'model') === 'string') return { path: whole, body: { ...(body as object), model } }
  return inPath ? { path: whole } : null
}
