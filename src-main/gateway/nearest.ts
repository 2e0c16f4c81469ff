/** Names that are much like one nobody knows, for people who mistyped. */

const longestCompared = 200

/**
 * At most `most` of `names` that are like `asked`, the likest first: few letters apart, or one begins with the other.
 * Upper and lower case are the same here.
 */
export function nearestNames(asked: string, names: Iterable<string>, most = 3): string[] {
  const wanted = asked.slice(0, longestCompared).toLowerCase()
  const apart = Math.max(2, Math.floor(wanted.length / 3))
  const found: { name: string; distance: number }[] = []
  for (const name of new Set(names)) {
    if (name === asked) continue
    const known = name.slice(0, longestCompared).toLowerCase()
    // `maker/model` is often asked for without its maker, and a model with a maker that is not known here.
    const bare = distanceOf(withoutMaker(wanted), withoutMaker(known), apart) + 1
    const distance = Math.min(distanceOf(wanted, known, apart), bare)
    if (distance <= apart) found.push({ name, distance })
  }
  return found
    .toSorted((a, b) => a.distance - b.distance || a.name.length - b.name.length || compare(a.name, b.name))
    .slice(0, most)
    .map(({ name }) => name)
}

function withoutMaker(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1)
}

/** Half as far where one begins with the other: dates and sizes at the end are what people leave out. */
function distanceOf(wanted: string, name: string, most: number): number {
  const [short, long] = wanted.length < name.length ? [wanted, name] : [name, wanted]
  if (short.length >= 3 && long.startsWith(short)) return Math.min(most, (long.length - short.length) / 2)
  return editDistance(wanted, name, most)
}

/** Letters to be added, taken away or replaced; anything above `most` when it is more than that. */
function editDistance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) > most) return most + 1
  let row = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    if (Math.min(...next) > most) return most + 1
    row = next
  }
  return row[b.length] as number
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
