/** Lists of models, and whose a model is by its name. */
import { at, listAt, textAt } from './read.ts'
import type { ProviderDefinition } from './types.ts'

type Models = ProviderDefinition['models']

/** `{ data: [{ id }] }` at this path below the base URL: OpenAI, Anthropic and most others. Those marked as switched off (Groq) are left out. */
export function modelsAt(path: string | null): Models {
  return {
    path,
    read: (body) =>
      names(
        listAt(body, 'data').filter((one) => at(one, 'active') !== false),
        'id',
      ),
  }
}

/** The texts of one field, each once. */
export function names(entries: readonly unknown[], field: string): string[] {
  return [...new Set(entries.map((entry) => textAt(entry, field)))].filter((name) => name !== '')
}

/** A test by name. `pattern` must match from the start; case does not count. */
export function named(pattern: RegExp): ProviderDefinition['ownsModel'] {
  const whole = new RegExp(`^(?:${pattern.source})`, 'i')
  return (model) => whole.test(model)
}

export function ownsNothing(): boolean {
  return false
}
