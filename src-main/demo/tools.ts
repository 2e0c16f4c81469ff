/** Tools in a request, whichever API it speaks: which are offered, whether one must be called, and a call as an answer would make it. */
import { field, listField, textField } from './question.ts'
import type { ScriptedCall } from './types.ts'

interface Offer {
  name: string
  /** JSON Schema of its arguments. */
  schema: unknown
}

/** What an answer calls. `told` as in Behaviour; without it only what the request demands. A result that has just come is answered with words. */
export function callsFor(body: unknown, told: 'offered' | readonly ScriptedCall[] | undefined): readonly ScriptedCall[] {
  if (told !== undefined && told !== 'offered') return told
  const choice = choiceOf(body)
  if (choice === 'none' || bringsResult(body)) return []
  if (told === undefined && choice === 'auto') return []
  const offers = offersOf(body)
  const offer = offers.find(({ name }) => name === choice) ?? offers[0]
  return offer === undefined ? [] : [{ name: offer.name, args: exampleOf(offer.schema, 0) as Record<string, unknown> }]
}

function offersOf(body: unknown): Offer[] {
  return listField(body, 'tools').flatMap((tool) => {
    // OpenAI chat nests the function, Gemini lists several; Anthropic and the Responses API have name and schema at the top.
    const declared = listField(tool, 'functionDeclarations')
    return (declared.length > 0 ? declared : [field(tool, 'function') ?? tool]).flatMap((one) => {
      const name = textField(one, 'name', '')
      const schema = field(one, 'parameters') ?? field(one, 'parametersJsonSchema') ?? field(one, 'input_schema')
      return name === '' ? [] : [{ name, schema }]
    })
  })
}

/** 'auto', 'none', 'required', or the name of the tool that must be called. */
function choiceOf(body: unknown): string {
  const choice = field(body, 'tool_choice')
  if (typeof choice === 'string') return choice
  const named = textField(choice, 'name', textField(field(choice, 'function'), 'name', ''))
  if (named !== '') return named
  const calling = field(field(body, 'toolConfig'), 'functionCallingConfig')
  const [only] = listField(calling, 'allowedFunctionNames')
  if (typeof only === 'string') return only
  const word = textField(choice, 'type', textField(calling, 'mode', 'auto')).toLowerCase()
  return word === 'any' ? 'required' : word === 'none' ? 'none' : 'auto'
}

function bringsResult(body: unknown): boolean {
  const last = (name: string) => listField(body, name).at(-1)
  return (
    textField(last('messages'), 'role', '') === 'tool' ||
    textField(last('input'), 'type', '') === 'function_call_output' ||
    listField(last('messages'), 'content').some((part) => textField(part, 'type', '') === 'tool_result') ||
    listField(last('contents'), 'parts').some((part) => field(part, 'functionResponse') !== undefined)
  )
}

/** Deeper schemas are as good as endless. */
const deepest = 8

/** A value that fits a JSON Schema in its plain parts, the same on every run. */
function exampleOf(schema: unknown, depth: number): unknown {
  const [first] = listField(schema, 'enum')
  if (first !== undefined) return first
  const type = field(schema, 'type')
  switch (String(Array.isArray(type) ? type[0] : (type ?? 'object')).toLowerCase()) {
    case 'string':
      return 'Zürich “Altstadt”'
    case 'number':
      return 1.5
    case 'integer':
      return 3
    case 'boolean':
      return true
    case 'null':
      return null
    case 'array':
      return depth < deepest ? [exampleOf(field(schema, 'items'), depth + 1)] : []
    default: {
      const fields = Object.entries(field(schema, 'properties') ?? {})
      return depth < deepest ? Object.fromEntries(fields.map(([name, inner]) => [name, exampleOf(inner, depth + 1)])) : {}
    }
  }
}
