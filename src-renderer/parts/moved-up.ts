/** The list with the entry at `at` (1 or more) one place further up. */
export function movedUp<Entry>(entries: readonly Entry[], at: number): Entry[] {
  const [before, entry] = entries.slice(at - 1, at + 1)
  if (before === undefined || entry === undefined) return [...entries]
  return [...entries.slice(0, at - 1), entry, before, ...entries.slice(at + 1)]
}
