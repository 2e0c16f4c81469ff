/** Every model that a call names, for clients that may ask for some only: upstreams differ in which of two names they follow. */
import { membersOf, valueOf } from '../../gateway/index.ts'

/** In capitals, as all names here are compared: some upstreams (those written in Go) read `Model` as `model`. */
const one = 'MODEL'
/** OpenRouter's list of models to fall back to, and LiteLLM's. */
const several: ReadonlySet<string> = new Set(['MODELS', 'FALLBACKS', 'FALLBACK_MODELS'])
/** Settings kept at the upstream (OpenRouter), whose model cannot be known here. */
const unseen = 'PRESET'

/**
 * The models in a JSON object's bytes, without Gemini's `models/`. Null = they cannot be told: `model` is there twice, for parsers
 * differ in which one counts, or it is named in a way that is not read here.
 */
export function modelsInBody(bytes: Uint8Array): string[] | null {
  const named: unknown[] = []
  let models = 0
  for (const member of membersOf(bytes)?.members ?? []) {
    const key = member.key.toUpperCase()
    if (key === unseen) return null
    if (key === one) models += 1
    if (key === one || several.has(key)) named.push(valueOf(bytes, member))
  }
  const names = named.flat()
  return models > 1 || !names.every((name) => typeof name === 'string')
    ? null
    : names.map((name) => name.replace(/^models\//, ''))
}

/**
 * Whether a path may name a model that was not found in it: a letter or colon is written as its code, or a verb follows something
 * that is no model known here (`tunedModels/x:generateContent`).
 */
export function mayHideModel(path: string, found: string | null): boolean {
  return /%(?:3a|[46][1-9a-f]|[57][0-9a])/i.test(path) || (found === null && path.includes(':'))
}
