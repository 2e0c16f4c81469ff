/** Takes out of a text what says whose machine it is from: names of things, addresses, paths. Pure. */

/** What is hidden, and the word that stands in its place. */
export type Names = readonly (readonly [name: string, kind: string])[]

/** What looks like a host name and is a file of ours or of Node. */
const fileEnds = 'js|ts|mjs|cjs|tsx|json|db|md|node|lock|key|pem|age'
const path = /(?:file:\/\/|(?<![\w<>./\\:-]))(?:[A-Za-z]:)?(?:[\\/][^\s\\/:"'`*?<>|()]+)+/g
const shapes: readonly (readonly [RegExp, string])[] = [
  [/\b(?!file:)[a-z][a-z\d+.-]*:\/\/[^\s"'`<>)]+/gi, '<address>'],
  [/[^\s@"'`<>(]+@[^\s@"'`<>)]+/g, '<address>'],
  [/\b(?!127\.0\.0\.1\b)\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g, '<address>'],
  [/(?<![\w:])(?:(?:[\da-f]{1,4}:)+(?::[\da-f]{1,4})+|(?:[\da-f]{1,4}:){7}[\da-f]{1,4})(?![\w:])/gi, '<address>'],
  [
    new RegExp(String.raw`(?<![\w./-])(?:[a-z\d](?:[a-z\d-]*[a-z\d])?\.)+(?!(?:${fileEnds})\b)[a-z]{2,}(?::\d+)?(?![\w.])`, 'gi'),
    '<address>',
  ],
]

/** Text for a report that anybody may read. Known names go first, whole words only; whatever looks like a place goes with them. */
export function nameless(names: Names): (text: string) => string {
  const kinds = new Map(names.filter(([name]) => name.trim() !== '').map(([name, kind]) => [name.toLowerCase(), kind]))
  const longestFirst = [...kinds.keys()].toSorted((a, b) => b.length - a.length).map(escaped)
  const known =
    longestFirst.length === 0 ? null : new RegExp(`(?<![\\p{L}\\p{N}_<])(?:${longestFirst.join('|')})(?![\\p{L}\\p{N}_>])`, 'giu')
  return (text) => {
    let shown = text.replace(path, inPlaceOfPath)
    for (const [shape, word] of shapes) shown = shown.replace(shape, word)
    return known === null ? shown : shown.replace(known, (name) => `<${kinds.get(name.toLowerCase()) ?? 'name'}>`)
  }
}

/** The place in our own code is what a stack is read for; the rest of the path is not. */
function inPlaceOfPath(found: string): string {
  const file = /[\\/]([\w.-]+\.(?:js|ts|mjs|cjs))$/.exec(found)
  return file ? `…/${file[1]}` : '<path>'
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`)
}
