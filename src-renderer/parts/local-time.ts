/** Instants as a datetime-local field writes them: in the person's own zone, empty = none. */

export function localTimeText(at: number | null): string {
  if (at === null) return ''
  return new Date(at - new Date(at).getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

export function localTimeOf(text: string): number | null {
  return text === '' ? null : Date.parse(text)
}
