/** JSON Schemas as Anthropic's structured outputs demand them. Source: platform.claude.com/docs/en/build-with-claude/structured-outputs. */

type Schema = Record<string, unknown>

/** The same schema with every object closed to unnamed properties: Anthropic refuses one that is open. */
export function closedSchema(schema: Schema): Schema {
  const closed = mapped(schema)
  const isObject = closed.type === 'object' || (closed.type === undefined && closed.properties !== undefined)
  return isObject && closed.additionalProperties === undefined ? { ...closed, additionalProperties: false } : closed
}

function mapped(schema: Schema): Schema {
  const entries = Object.entries(schema).map(([name, value]): [string, unknown] => {
    if (name === 'properties' || name === '$defs' || name === 'definitions') return [name, eachOf(value)]
    return name === 'items' || name === 'anyOf' || name === 'oneOf' || name === 'allOf' ? [name, inner(value)] : [name, value]
  })
  return Object.fromEntries(entries)
}

function eachOf(value: unknown): unknown {
  if (!isSchema(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, inner(schema)]))
}

function inner(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inner)
  return isSchema(value) ? closedSchema(value) : value
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
