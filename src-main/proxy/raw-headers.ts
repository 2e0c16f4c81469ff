/** Reading flat lists of header names and values. */
import type { HeaderReader } from '../providers/types.ts'
import type { RawHeaders } from './types.ts'

/** Every value of a header, in order, whatever the case of its name. `name` is in lower case. */
export function headerValues(raw: readonly string[], name: string): string[] {
  const values: string[] = []
  for (let i = 0; i + 1 < raw.length; i += 2) {
    if (raw[i]?.toLowerCase() === name) values.push(raw[i + 1] ?? '')
  }
  return values
}

/** The first value of a header; undefined when absent. `name` is in lower case. */
export function headerValue(raw: readonly string[], name: string): string | undefined {
  for (let i = 0; i + 1 < raw.length; i += 2) {
    if (raw[i]?.toLowerCase() === name) return raw[i + 1]
  }
  return undefined
}

/** Reads first values by name, whatever its case: sorted once, at the first question, for whoever asks many. */
export function headerReader(raw: readonly string[]): HeaderReader {
  let values: Map<string, string> | null = null
  return (name) => (values ??= firstValues(raw)).get(name.toLowerCase())
}

function firstValues(raw: readonly string[]): Map<string, string> {
  const values = new Map<string, string>()
  // Backwards, so that the first one stays.
  for (let i = raw.length - 2; i >= 0; i -= 2) values.set((raw[i] ?? '').toLowerCase(), raw[i + 1] ?? '')
  return values
}

/** The pairs that `keep` wants; it is given the name in lower case. */
export function filterHeaders(raw: readonly string[], keep: (name: string, value: string) => boolean): RawHeaders {
  const kept: RawHeaders = []
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] ?? ''
    const value = raw[i + 1] ?? ''
    if (keep(name.toLowerCase(), value)) kept.push(name, value)
  }
  return kept
}

/** The header names that Connection lists, in lower case. */
export function connectionListed(raw: readonly string[]): Set<string> {
  const listed = headerValues(raw, 'connection').flatMap((value) => value.split(','))
  return new Set(listed.map((name) => name.trim().toLowerCase()))
}
