/** What a program that asks for a token is known by: a short code, and its name as it may be shown. */
import { randomInt } from 'node:crypto'

/** No letter or digit that is easily taken for another, and no vowels, of which words are made. */
const letters = '34679CDFGHJKMNPQRTWXY'

/** Such as `K7TX-42`, and none of those that are taken. */
export function newCode(taken: ReadonlySet<string>): string {
  for (;;) {
    const code = Array.from({ length: 6 }, () => letters[randomInt(letters.length)]).join('')
    const shown = `${code.slice(0, 4)}-${code.slice(4)}`
    if (!taken.has(shown)) return shown
  }
}

const nameMax = 64

/**
 * A name as a person can safely be shown it: control characters, invisible ones and those that turn the direction of writing are
 * left out, white space is one space, and there are 64 characters at most. '' = nothing is left.
 */
export function shownName(said: string): string {
  const clean = said
    .normalize('NFC')
    .replace(/[\s\p{Zs}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\p{C}\p{Default_Ignorable_Code_Point}\u2800]/gu, '')
    // Marks piled on one letter would reach into the lines around it.
    .replace(/(\p{M}{2})\p{M}+/gu, '$1')
    .trim()
  // Not in the middle of a character that takes two.
  return clean
    .slice(0, nameMax)
    .replace(/[\ud800-\udbff]$/, '')
    .trim()
}
