/** What differs between two states, in lines of words. Pure. */

export interface Difference {
  /** What it is, as the form calls it. */
  name: string
  /** What is no more, and what is new: a line for each part. */
  before: readonly string[]
  after: readonly string[]
}

/** Null where both say the same. Lines that both have are left out, unless only their order changed. */
export function differenceOf(name: string, before: readonly string[], after: readonly string[]): Difference | null {
  if (before.join('\n') === after.join('\n')) return null
  const gone = without(before, after)
  const fresh = without(after, before)
  return gone.length + fresh.length === 0 ? { name, before, after } : { name, before: gone, after: fresh }
}

/** Lines as often as they are here more than there. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>()
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1)
  return lines.filter((line) => {
    const count = left.get(line) ?? 0
    left.set(line, count - 1)
    return count <= 0
  })
}
