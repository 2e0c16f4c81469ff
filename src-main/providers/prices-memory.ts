/** What was found out of a provider's model, kept for the next call. */

/** Models are named by callers, who may make up any number of them. */
const maxModels = 2000

/** `find`, asked once per provider and model; when there are too many of them, all are forgotten. */
export function memoized<T>(find: (provider: string, model: string) => T): (provider: string, model: string) => T {
  const known = new Map<string, Map<string, { found: T }>>()
  let size = 0
  return (provider, model) => {
    // Two look-ups by the names as they are take less than one by a name made of both.
    const old = known.get(provider)?.get(model)
    if (old) return old.found
    if (size >= maxModels) {
      known.clear()
      size = 0
    }
    const found = find(provider, model)
    const models = known.get(provider) ?? new Map<string, { found: T }>()
    known.set(provider, models.set(model, { found }))
    size++
    return found
  }
}
