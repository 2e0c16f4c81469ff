/** What was found out of a provider's model, kept for the next call. */

/** Models are named by callers, who may make up any number of them. */
const maxModels = 2000

/** `find`, asked once per provider and model; when there are too many of them, all are forgotten. */
export function memoized<T>(find: (provider: string, model: string) => T): (provider: string, model: string) => T {
  const known = new Map<string, { found: T }>()
  return (provider, model) => {
    const name = `${provider} ${model}`
    const old = known.get(name)
    if (old) return old.found
    if (known.size >= maxModels) known.clear()
    const found = find(provider, model)
    known.set(name, { found })
    return found
  }
}
