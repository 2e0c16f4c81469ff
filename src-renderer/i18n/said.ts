/**
 * What the application says in its own English words, in the language of the page. What no phrase book has stays as it is: a
 * provider's own words, above all.
 */

export interface PhraseBook {
  /** English sentences and what they are here; `{1}`, `{2}`… stand for names and numbers, at most nine. */
  phrases: Readonly<Record<string, string>>
  /** What stands between two sentences. */
  between: string
}

interface Pattern {
  fits: RegExp
  /** The numbers of its placeholders, in the order of the English. */
  places: readonly string[]
  words: string
}

let book: { exact: ReadonlyMap<string, string>; patterns: readonly Pattern[]; between: string } | null = null

/** From now on; null = English. */
export function speak(next: PhraseBook | null): void {
  if (next === null) {
    book = null
    return
  }
  const entries = Object.entries(next.phrases)
  book = {
    exact: new Map(entries.filter(([english]) => !placeholder.test(english))),
    patterns: entries.filter(([english]) => placeholder.test(english)).map(patternOf),
    between: next.between,
  }
}

/** A text of the application in the language of the page: as a whole, or sentence by sentence where each of them is known. */
export function said(text: string): string {
  if (book === null) return text
  const whole = phrase(text)
  if (whole !== undefined) return whole
  const sentences = text.split(/(?<=\.)\s+/).map(phrase)
  return sentences.every((one) => one !== undefined) ? sentences.join(book.between) : text
}

const placeholder = /\{\d\}/

function phrase(text: string): string | undefined {
  const exact = book?.exact.get(text)
  if (exact !== undefined) return exact
  for (const { fits, places, words } of book?.patterns ?? []) {
    const found = fits.exec(text)
    if (found === null) continue
    // What stands in a sentence may be one itself: why a server says no, what a keychain lacks.
    const parts = new Map(places.map((place, at) => [place, said(found[at + 1] ?? '')]))
    return words.replaceAll(/\{\d\}/g, (place) => parts.get(place) ?? place)
  }
  return undefined
}

function patternOf([english, words]: readonly [string, string]): Pattern {
  const source = english.split(/(\{\d\})/).map((part) => (placeholder.test(part) ? '(.+?)' : literal(part)))
  return { fits: new RegExp(`^${source.join('')}$`, 's'), places: english.match(/\{\d\}/g) ?? [], words }
}

/** Text as a regular expression of itself. */
function literal(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`)
}
