/** Texts too long for a box. Pure. */

/** Characters that a text box still handles at once. */
const longest = 100_000

export function isLong(text: string): boolean {
  return text.length > longest
}

/** Its first lines, however long they are. */
export function beginningOf(text: string): string {
  return text.slice(0, 1000).split('\n').slice(0, 8).join('\n')
}

export function linesOf(text: string): number {
  let lines = text.endsWith('\n') ? 0 : 1
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1
  return lines
}
