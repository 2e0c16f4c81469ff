/** Reading flat lists of header names and values. */
import type { HeaderReader } from '../providers/types.ts'
import type { RawHeaders } from './types.ts'

/** Every value of a header, in order, whatever the case of its name. `name` is in lower case. */
function headerValues(raw: readonly string[], name: string): string[] {
  const values: string[] = []
  for (let i = 0; i + 1 < raw.length; i += 2) {
    if (isCalled(raw[i], name)) values.push(raw[i + 1] ?? '')
  }
  return values
}

/** It is there more than once. `name` is in lower case. */
export function isRepeated(raw: readonly string[], name: string): boolean {
  let seen = false
  for (let i = 0; i + 1 < raw.length; i += 2) {
    if (!isCalled(raw[i], name)) continue
    if (seen) return true
    seen = true
  }
  return false
}

/** The first value of a header; undefined when absent. `name` is in lower case. */
export function headerValue(raw: readonly string[], name: string): string | undefined {
  for (let i = 0; i + 1 < raw.length; i += 2) {
    if (isCalled(raw[i], name)) return raw[i + 1]
  }
  return undefined
}

/** Lengths first: hardly any two names have the same, and every call asks for many. */
function isCalled(said: string | undefined, name: string): boolean {
  return said?.length === name.length && said.toLowerCase() === name
}

/** Reads first values by name, whatever its case. */
export function headerReader(raw: readonly string[]): HeaderReader {
  return (name) => headerValue(raw, name.toLowerCase())
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

/** Names that are remembered; those of a client that makes up its own are judged anew. */
const namesMax = 1000

/** Whether a lower-case name is one of these: the same few come with every call, and a look-up is much cheaper than the expression. */
export function nameIn(names: RegExp): (name: string) => boolean {
  const known = new Map<string, boolean>()
  return (name) => {
    const before = known.get(name)
    if (before !== undefined) return before
    const is = names.test(name)
    if (known.size < namesMax) known.set(name, is)
    return is
  }
}

const nothing: ReadonlySet<string> = new Set()

/** The names that Connection lists, in lower case, but for `close` and `keep-alive`, which are no headers that could be passed on. */
export function connectionListed(raw: readonly string[]): ReadonlySet<string> {
  const first = headerValue(raw, 'connection')
  // What nearly every request and answer says.
  if (first === undefined || ((first === 'keep-alive' || first === 'close') && !isRepeated(raw, 'connection'))) return nothing
  const names = headerValues(raw, 'connection')
    .flatMap((value) => value.split(','))
    .map((name) => name.trim().toLowerCase())
  return new Set(names)
}
