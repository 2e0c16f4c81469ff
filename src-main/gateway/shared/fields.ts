/** Reads a client's JSON field by field. What nobody read is a hint of the published table, or is refused by its name. */
import { Untranslatable } from '../types.ts'

export interface Reading {
  /** Fields that may be ignored, by their path with `[]` for any index, and why. */
  hints: Readonly<Record<string, string>>
  /** Those that were there. */
  found: Set<string>
  /** Google's APIs take `maxOutputTokens` and `max_output_tokens` alike. */
  camel?: boolean
}

export class Fields {
  readonly path: string
  readonly #reading: Reading
  readonly #rest: Map<string, unknown>

  /** Throws Untranslatable when `value` is not an object. */
  constructor(reading: Reading, value: unknown, path = '') {
    this.#reading = reading
    this.path = path
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new Untranslatable(path === '' ? 'body' : path, 'This must be a JSON object.')
    }
    const entries = Object.entries(value)
    this.#rest = new Map(reading.camel === true ? entries.map(([name, inner]) => [camelCase(name), inner]) : entries)
  }

  /** Where a field is, in the client's own words. */
  at(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`
  }

  /** The value of a field, which counts as read; null when it is absent or null. */
  take(name: string): unknown {
    const value = this.#rest.get(name)
    this.#rest.delete(name)
    return value ?? null
  }

  text(name: string): string | null {
    const value = this.take(name)
    return value === null || typeof value === 'string' ? value : this.refuse(name, 'This must be a text.')
  }

  neededText(name: string): string {
    return this.text(name) ?? this.refuse(name, 'This is missing.')
  }

  number(name: string): number | null {
    const value = this.take(name)
    return value === null || (typeof value === 'number' && Number.isFinite(value))
      ? value
      : this.refuse(name, 'This must be a number.')
  }

  flag(name: string): boolean | null {
    const value = this.take(name)
    return value === null || typeof value === 'boolean' ? value : this.refuse(name, 'This must be true or false.')
  }

  list(name: string): unknown[] {
    const value = this.take(name)
    if (value === null) return []
    return Array.isArray(value) ? value : this.refuse(name, 'This must be a list.')
  }

  texts(name: string): string[] {
    return this.list(name).map((item, index) =>
      typeof item === 'string' ? item : this.refuse(`${name}[${index}]`, 'This must be a text.'),
    )
  }

  record(name: string): Record<string, unknown> | null {
    const value = this.take(name)
    if (value === null) return null
    return typeof value === 'object' && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : this.refuse(name, 'This must be a JSON object.')
  }

  /** An object inside, to be read and finished in its turn. */
  inner(name: string): Fields | null {
    const value = this.take(name)
    return value === null ? null : this.child(name, value)
  }

  items(name: string): Fields[] {
    return this.list(name).map((item, index) => this.child(`${name}[${index}]`, item))
  }

  /** Something that was taken from here, as an object to be read in its turn. */
  child(name: string, value: unknown): Fields {
    return new Fields(this.#reading, value, this.at(name))
  }

  /** There and not null, read or not. */
  has(name: string): boolean {
    return (this.#rest.get(name) ?? null) !== null
  }

  refuse(name: string, message: string): never {
    throw new Untranslatable(this.at(name), message)
  }

  /** Notes a hint, which the caller has read and will not carry over. */
  hint(name: string): void {
    this.#reading.found.add(generic(this.at(name)))
  }

  /** To be called last: what is left is noted as a hint or refused. */
  finish(): void {
    for (const [name, value] of this.#rest) {
      if (value === null || value === undefined) continue
      const path = generic(this.at(name))
      if (!Object.hasOwn(this.#reading.hints, path)) this.refuse(name, 'This cannot be said to the API that serves this model.')
      // `annotations: []`, which clients give back with every answer, says nothing that could be dropped.
      if (!Array.isArray(value) || value.length > 0) this.#reading.found.add(path)
    }
  }
}

function generic(path: string): string {
  return path.replace(/\[\d+\]/g, '[]')
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
