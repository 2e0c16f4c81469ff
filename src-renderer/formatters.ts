/** Formatters of Intl, each made once: making one costs as much as a hundred uses, and lists have hundreds of numbers. */

const numbers = new Map<string, Intl.NumberFormat>()
const dates = new Map<string, Intl.DateTimeFormat>()
const lists = new Map<string, Intl.ListFormat>()

function kept<Format>(known: Map<string, Format>, language: string, options: object, make: () => Format): Format {
  const name = `${language} ${JSON.stringify(options)}`
  const format = known.get(name) ?? make()
  known.set(name, format)
  return format
}

export function numberFormat(language: string, options: Intl.NumberFormatOptions = {}): Intl.NumberFormat {
  return kept(numbers, language, options, () => new Intl.NumberFormat(language, options))
}

export function dateFormat(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return kept(dates, language, options, () => new Intl.DateTimeFormat(language, options))
}

export function listFormat(language: string, options: Intl.ListFormatOptions): Intl.ListFormat {
  // Our English has no comma before "and".
  const spelling = language === 'en' ? 'en-GB' : language
  return kept(lists, spelling, options, () => new Intl.ListFormat(spelling, options))
}
