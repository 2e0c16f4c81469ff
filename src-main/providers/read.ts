/** Reading untyped JSON without trusting its shape. */

/** The value at a path of names; undefined as soon as a step is missing. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let here = value
  for (const name of path) {
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, name)) return undefined
    here = (here as Record<string, unknown>)[name]
  }
  return here
}

/** A text at a path; '' when there is none. Numbers are written out, because some upstreams give codes as numbers. */
export function textAt(value: unknown, ...path: readonly string[]): string {
  const found = at(value, ...path)
  if (typeof found === 'string') return found
  return typeof found === 'number' ? String(found) : ''
}

/** More than any answer can use; a larger count is nonsense, and its cost would spoil every sum that it is in. */
const countMax = 1e9

/** A count at a path; null when there is none, when it is negative (-1 means unknown), not a whole number or above 1e9. */
export function countAt(value: unknown, ...path: readonly string[]): number | null {
  const found = at(value, ...path)
  return typeof found === 'number' && Number.isInteger(found) && found >= 0 && found <= countMax ? found : null
}

export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = at(value, ...path)
  return Array.isArray(found) ? found : []
}
