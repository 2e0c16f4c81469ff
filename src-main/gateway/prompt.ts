/** A saved prompt filled in: what `POST /prompts/{slug}` is as a request of the unified API. */
import type { PromptVersion } from '../../src-preload/contract/index.ts'
import { rulesOf } from './chat/model-rules.ts'
import { Untranslatable } from './types.ts'

const placeholder = /\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}/g

/** The names that stand as `{{name}}` in the messages, each once. */
export function variablesIn(messages: PromptVersion['messages']): Set<string> {
  const names = new Set<string>()
  for (const { text } of messages) for (const [, name] of text.matchAll(placeholder)) if (name !== undefined) names.add(name)
  return names
}

/**
 * A chat completions request made of a prompt and a caller's body, `{ variables?: { name: text, number or boolean }, stream?: boolean }`.
 * Values are put in as they are and not read for further variables. Throws Untranslatable naming the field: a variable that is
 * missing and has no default, one that the prompt does not have, anything else in the body.
 */
export function promptRequest(version: PromptVersion, body: unknown): Record<string, unknown> {
  const { values, stream } = readCall(version, body)
  const { temperature, topP, maxTokens, stop, json } = version.parameters
  return {
    model: version.model,
    messages: filled(version.messages, values),
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
    ...(stop === undefined ? {} : { stop }),
    ...(json === true ? { response_format: { type: 'json_object' } } : {}),
    stream,
  }
}

/** One value may stand in many places: a call of some megabytes shall not become one of gigabytes. */
const lettersMax = 16 * 1024 * 1024

function filled(messages: PromptVersion['messages'], values: ReadonlyMap<string, string>): { role: string; content: string }[] {
  let letters = 0
  const valueOf = (whole: string, name: string) => {
    const value = values.get(name) ?? whole
    letters += value.length
    if (letters > lettersMax)
      throw new Untranslatable('variables', 'with these values the prompt has more than 16 million letters')
    return value
  }
  return messages.map(({ role, text }) => ({ role, content: text.replace(placeholder, valueOf) }))
}

/** The same for an upstream that speaks chat completions itself: with the model as it knows it, and the limit under the name that this model takes. */
export function promptBody(request: Record<string, unknown>, model: string): Uint8Array {
  const { max_tokens: limit, ...rest } = request
  return Buffer.from(JSON.stringify({ ...rest, model, ...(limit === undefined ? {} : { [rulesOf(model).limit]: limit }) }))
}

function readCall({ variables }: PromptVersion, body: unknown): { values: Map<string, string>; stream: boolean } {
  const { variables: given = {}, stream = false, ...rest } = recordOf(body ?? {}, 'body')
  const extra = Object.keys(rest)[0]
  if (extra !== undefined) throw new Untranslatable(extra, 'a prompt takes only "variables" and "stream"')
  if (typeof stream !== 'boolean') throw new Untranslatable('stream', 'give true or false')
  const values = new Map(variables.flatMap(({ name, default: value }) => (value === null ? [] : [[name, value] as const])))
  const known = new Set(variables.map(({ name }) => name))
  for (const [name, value] of Object.entries(recordOf(given, 'variables'))) {
    const field = `variables.${name.slice(0, 64)}`
    if (!known.has(name)) throw new Untranslatable(field, 'this prompt has no such variable')
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean')
      throw new Untranslatable(field, 'give text, a number, or true or false')
    values.set(name, String(value))
  }
  const missing = variables.find(({ name }) => !values.has(name))
  if (missing) throw new Untranslatable(`variables.${missing.name}`, 'this variable has no default and must be given')
  return { values, stream }
}

function recordOf(value: unknown, field: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw new Untranslatable(field, 'give an object')
}
