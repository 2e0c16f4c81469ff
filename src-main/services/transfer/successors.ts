/** Successors of what is retired, in imports. */

/** Why `slug` cannot have the successor that it has; null = it can. `successors` = where each leads, once the import is there. */
export function successorIssue(
  kind: 'pool' | 'prompt',
  slug: string,
  successors: ReadonlyMap<string, string | null>,
): string | null {
  const seen = new Set([slug])
  for (let next = successors.get(slug) ?? null; next !== null; next = successors.get(next) ?? null) {
    if (!successors.has(next)) return `there is no ${kind} "${next}" here or in the document`
    if (seen.has(next)) return 'its successors lead in a circle'
    seen.add(next)
  }
  return null
}
