/** Input that does not fit, in FastAPI's words: `{"detail":[{"type","loc","msg","input","ctx"?}]}`. */
import type { z } from 'zod'
import { ApiProblem } from './types.ts'

type Issue = z.core.$ZodIssue
type Where = 'body' | 'query'

interface Said {
  type: string
  msg: string
  ctx?: Record<string, unknown>
}

const maxIssues = 100

/** The body by its schema. Use `z.object`, which drops unknown fields. Throws ApiProblem 422. */
export function readBody<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  if (body === undefined) {
    throw new ApiProblem(422, [{ type: 'missing', loc: ['body'], msg: 'Field required', input: null }])
  }
  return read(schema, body, 'body')
}

/** The query by its schema, of texts; of a name that comes twice the last counts. Throws ApiProblem 422. */
export function readQuery<S extends z.ZodType>(schema: S, query: URLSearchParams): z.output<S> {
  return read(schema, Object.fromEntries(query), 'query')
}

function read<S extends z.ZodType>(schema: S, value: unknown, where: Where): z.output<S> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const byPlace = new Map<string, Issue>()
  for (const issue of result.error.issues) {
    const place = JSON.stringify(issue.path.map(String))
    // One reason for each field, as pydantic gives.
    if (!byPlace.has(place)) byPlace.set(place, issue)
  }
  throw new ApiProblem(
    422,
    [...byPlace.values()].slice(0, maxIssues).map((issue) => detailOf(issue, value, where)),
  )
}

function detailOf(issue: Issue, whole: unknown, where: Where): Record<string, unknown> {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))
  const value = valueAt(whole, path)
  const said = saidOf(issue, value, where)
  // What is missing is shown by what it is missing from.
  const place = said.type === 'missing' ? path.slice(0, -1) : path
  const input = shown(
    place.findLast((part) => typeof part === 'string'),
    said.type === 'missing' ? valueAt(whole, place) : value,
  )
  const { type, msg, ctx } = said
  return { type, loc: [where, ...path], msg, input, ...(ctx ? { ctx } : {}) }
}

function saidOf(issue: Issue, value: unknown, where: Where): Said {
  if (value === undefined) return { type: 'missing', msg: 'Field required' }
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(issue.expected, value, where)
    case 'too_small':
      return tooSmall(issue, value)
    case 'too_big':
      return tooBig(issue, value)
    case 'invalid_format': {
      const pattern = (issue.pattern ?? issue.format).replace(/^\/(.*)\/[a-z]*$/, '$1')
      return { type: 'string_pattern_mismatch', msg: `String should match pattern '${pattern}'`, ctx: { pattern } }
    }
    case 'invalid_value': {
      const expected = listed(issue.values.map((one) => `'${String(one)}'`))
      return { type: 'literal_error', msg: `Input should be ${expected}`, ctx: { expected } }
    }
    case 'invalid_key':
    case 'invalid_element':
    case 'invalid_union':
    case 'not_multiple_of':
    case 'unrecognized_keys':
    case 'custom':
      return { type: 'value_error', msg: `Value error, ${issue.message}` }
  }
}

function wrongType(expected: string, value: unknown, where: Where): Said {
  const text = where === 'query' && typeof value === 'string'
  switch (expected) {
    case 'string':
      return { type: 'string_type', msg: 'Input should be a valid string' }
    case 'int':
      if (typeof value === 'number') {
        return { type: 'int_from_float', msg: 'Input should be a valid integer, got a number with a fractional part' }
      }
      return { type: 'int_type', msg: 'Input should be a valid integer' }
    case 'number':
      // Every number of a query is a whole one, and a schema does not say which was wanted.
      if (text) return { type: 'int_parsing', msg: 'Input should be a valid integer, unable to parse string as an integer' }
      return { type: 'float_type', msg: 'Input should be a valid number' }
    case 'boolean':
      return text
        ? { type: 'bool_parsing', msg: 'Input should be a valid boolean, unable to interpret input' }
        : { type: 'bool_type', msg: 'Input should be a valid boolean' }
    case 'array':
      return { type: 'list_type', msg: 'Input should be a valid list' }
    case 'object':
      return {
        type: 'model_attributes_type',
        msg: 'Input should be a valid dictionary or object to extract fields from',
      }
    case 'record':
      return { type: 'dict_type', msg: 'Input should be a valid dictionary' }
    default:
      return { type: 'value_error', msg: `Input should be a valid ${expected}` }
  }
}

function tooSmall(issue: Extract<Issue, { code: 'too_small' }>, value: unknown): Said {
  const least = Number(issue.minimum)
  if (issue.origin === 'string') {
    return {
      type: 'string_too_short',
      msg: `String should have at least ${counted(least, 'character')}`,
      ctx: { min_length: least },
    }
  }
  if (Array.isArray(value)) {
    const msg = `List should have at least ${counted(least, 'item')} after validation, not ${value.length}`
    return { type: 'too_short', msg, ctx: { field_type: 'List', min_length: least, actual_length: value.length } }
  }
  return { type: 'greater_than_equal', msg: `Input should be greater than or equal to ${least}`, ctx: { ge: least } }
}

function tooBig(issue: Extract<Issue, { code: 'too_big' }>, value: unknown): Said {
  const most = Number(issue.maximum)
  if (issue.origin === 'string') {
    return { type: 'string_too_long', msg: `String should have at most ${counted(most, 'character')}`, ctx: { max_length: most } }
  }
  if (Array.isArray(value)) {
    const msg = `List should have at most ${counted(most, 'item')} after validation, not ${value.length}`
    return { type: 'too_long', msg, ctx: { field_type: 'List', max_length: most, actual_length: value.length } }
  }
  return { type: 'less_than_equal', msg: `Input should be less than or equal to ${most}`, ctx: { le: most } }
}

/** A body that is no JSON. */
export function jsonProblem(error: unknown): ApiProblem {
  const position = Number(/position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1] ?? 0)
  const why = 'Expecting value'
  return new ApiProblem(422, [
    { type: 'json_invalid', loc: ['body', position], msg: 'JSON decode error', input: {}, ctx: { error: why } },
  ])
}

function valueAt(whole: unknown, path: readonly PropertyKey[]): unknown {
  let value = whole
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = Object.hasOwn(value, part) ? (value as Record<PropertyKey, unknown>)[part] : undefined
  }
  return value
}

const secretName = /pass|secret|token|auth|key/i
const hidden = '**********'

/**
 * What was sent is shown again, but nothing where a secret or a list of keys belongs (whoever mistakes the form of a request puts a
 * key anywhere in it), and not how deep it goes.
 */
function shown(name: PropertyKey | undefined, value: unknown, depth = 0): unknown {
  if (value === undefined || value === null) return value
  if (typeof name === 'string' && secretName.test(name)) return hidden
  if (typeof value !== 'object') return value
  if (depth > 8) return null
  if (Array.isArray(value)) return value.slice(0, maxIssues).map((item) => shown(undefined, item, depth + 1))
  return Object.fromEntries(Object.entries(value).map(([field, inside]) => [field, shown(field, inside, depth + 1)]))
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** `'a', 'b' or 'c'` */
function listed(texts: readonly string[]): string {
  return texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} or ${texts.at(-1)}`
}
