/**
 * Gemini's own schemas (a part of OpenAPI 3.0) as JSON Schema: types in small letters, `nullable` as a type, bounds that Google
 * writes as texts as numbers. Source: ai.google.dev/api/caching#Schema.
 */
import type { Fields } from '../shared/fields.ts'

type Schema = Record<string, unknown>

const plain = [
  'format',
  'title',
  'description',
  'default',
  'example',
  'pattern',
  'enum',
  'minimum',
  'maximum',
  'required',
] as const
const bounds = ['minItems', 'maxItems', 'minLength', 'maxLength', 'minProperties', 'maxProperties'] as const

/** Reads all of it; throws Untranslatable for a name that is in neither language. */
export function readOpenApiSchema(fields: Fields): Schema {
  const type = fields.text('type')
  const nullable = fields.flag('nullable') ?? false
  const schema: Schema = {}
  if (type !== null && type !== 'TYPE_UNSPECIFIED') schema.type = nullable ? [type.toLowerCase(), 'null'] : type.toLowerCase()
  for (const name of plain) put(schema, name === 'example' ? 'examples' : name, fields.take(name))
  if (schema.examples !== undefined) schema.examples = [schema.examples]
  // `format: "enum"` only tells that there is an `enum`.
  if (schema.format === 'enum') delete schema.format
  for (const name of bounds) put(schema, name, numberOf(fields.take(name)))
  put(schema, 'items', mapped(fields.inner('items')))
  put(schema, 'properties', properties(fields))
  put(schema, 'anyOf', alternatives(fields, type === null && nullable))
  put(schema, 'additionalProperties', fields.take('additionalProperties'))
  fields.take('propertyOrdering')
  fields.finish()
  return schema
}

function put(schema: Schema, name: string, value: unknown): void {
  if (value !== null) schema[name] = value
}

function mapped(fields: Fields | null): Schema | null {
  return fields === null ? null : readOpenApiSchema(fields)
}

function properties(fields: Fields): Schema | null {
  const named = fields.record('properties')
  if (named === null) return null
  // Their names are the client's own and stay as they are.
  const entries = Object.entries(named).map(([name, value]) => [
    name,
    readOpenApiSchema(fields.child(`properties.${name}`, value)),
  ])
  return Object.fromEntries(entries)
}

function alternatives(fields: Fields, nullable: boolean): Schema[] | null {
  const schemas = fields.items('anyOf').map(readOpenApiSchema)
  if (nullable) schemas.push({ type: 'null' })
  return schemas.length === 0 ? null : schemas
}

function numberOf(value: unknown): unknown {
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
}
