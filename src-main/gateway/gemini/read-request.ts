/** Gemini's generateContent request as a conversation. Source of the fields: the types of @google/genai 3.1. */
import { Fields, type Reading } from '../shared/fields.ts'
import { saidAt } from '../shared/origin.ts'
import type { Conversation, Shape, Thinking, Tool, ToolChoice } from '../types.ts'
import { geminiHints } from './hints.ts'
import { readOpenApiSchema } from './openapi-schema.ts'
import { readContents, readInstruction } from './read-content.ts'

/** Throws Untranslatable, naming the field, for what no other API can be told. The model and the stream are in the path. */
export function readRequest(body: unknown, given: { model: string | null; stream: boolean | null }): Conversation {
  const reading: Reading = { hints: geminiHints, found: new Set(), camel: true }
  const fields = new Fields(reading, body)
  const named = fields.text('model')
  const conversation: Conversation = {
    model: given.model ?? named?.replace(/^models\//, '') ?? fields.refuse('model', 'This is missing.'),
    stream: given.stream ?? false,
    system: readInstruction(fields.inner('systemInstruction')),
    turns: readContents(fields.items('contents')),
    tools: fields.items('tools').flatMap(readTools),
    toolChoice: readToolConfig(fields.inner('toolConfig')),
    parallelTools: null,
    ...readGeneration(fields.inner('generationConfig') ?? fields.child('generationConfig', {})),
    user: null,
    wantsUsage: true,
    hints: [],
  }
  fields.finish()
  return { ...conversation, hints: [...reading.found] }
}

function readTools(tool: Fields): Tool[] {
  const tools = tool.items('functionDeclarations').map(readTool)
  // Everything else in a tool is one that Google runs: search, code, maps, addresses.
  tool.finish()
  return tools
}

function readTool(declaration: Fields): Tool {
  const own = declaration.inner('parameters')
  const tool: Tool = {
    name: declaration.neededText('name'),
    description: declaration.text('description'),
    parameters: declaration.record('parametersJsonSchema') ?? (own === null ? null : readOpenApiSchema(own)),
    strict: null,
  }
  const behavior = declaration.text('behavior')
  if (behavior !== null && behavior !== 'BLOCKING' && behavior !== 'UNSPECIFIED') {
    declaration.refuse('behavior', 'Only functions that the model waits for can be carried over.')
  }
  declaration.finish()
  return saidAt(declaration.path, tool)
}

function readToolConfig(config: Fields | null): ToolChoice | null {
  const calling = config?.inner('functionCallingConfig') ?? null
  config?.finish()
  if (calling === null) return null
  const allowed = calling.texts('allowedFunctionNames')
  const mode = calling.text('mode') ?? 'AUTO'
  calling.finish()
  switch (mode) {
    case 'NONE':
      return { kind: 'none' }
    case 'ANY':
      return chosen(calling, allowed)
    case 'AUTO':
    case 'VALIDATED':
    case 'MODE_UNSPECIFIED':
      return allowed.length === 0 ? { kind: 'auto' } : severalNames(calling)
    default:
      return calling.refuse('mode', 'This must be AUTO, ANY, VALIDATED or NONE.')
  }
}

function chosen(calling: Fields, allowed: readonly string[]): ToolChoice {
  const [name] = allowed
  if (name === undefined) return { kind: 'required' }
  return allowed.length === 1 ? { kind: 'tool', name } : severalNames(calling)
}

function severalNames(calling: Fields): never {
  return calling.refuse(
    'allowedFunctionNames',
    'Elsewhere one function can be demanded, or any. Declare only those that may be called.',
  )
}

type Generation = Pick<
  Conversation,
  'maxTokens' | 'temperature' | 'topP' | 'topK' | 'seed' | 'stop' | 'presencePenalty' | 'frequencyPenalty' | 'shape' | 'thinking'
>

function readGeneration(config: Fields): Generation {
  if ((config.number('candidateCount') ?? 1) > 1) config.refuse('candidateCount', 'Only one answer can be had at a time.')
  if (config.texts('responseModalities').some((modality) => modality.toUpperCase() !== 'TEXT')) {
    config.refuse('responseModalities', 'Only text can be had from the API that serves this model.')
  }
  if (config.flag('responseLogprobs') === true)
    config.refuse('responseLogprobs', 'Probabilities of tokens cannot be carried over.')
  config.take('logprobs')
  const generation: Generation = {
    maxTokens: config.number('maxOutputTokens'),
    temperature: config.number('temperature'),
    topP: config.number('topP'),
    topK: config.number('topK'),
    seed: config.number('seed'),
    stop: config.texts('stopSequences'),
    presencePenalty: config.number('presencePenalty'),
    frequencyPenalty: config.number('frequencyPenalty'),
    shape: readShape(config),
    thinking: readThinking(config.inner('thinkingConfig')),
  }
  config.finish()
  return generation
}

function readShape(config: Fields): Shape | null {
  const mime = config.text('responseMimeType')
  const own = config.inner('responseSchema')
  // The second name is what it was called before it was published.
  const schema =
    config.record('responseJsonSchema') ?? config.record('_responseJsonSchema') ?? (own === null ? null : readOpenApiSchema(own))
  if (mime === 'application/json')
    return schema === null ? { kind: 'json' } : { kind: 'schema', name: 'answer', schema, strict: null }
  if (mime !== null && mime !== 'text/plain') config.refuse('responseMimeType', 'This must be text/plain or application/json.')
  if (schema !== null) config.refuse('responseMimeType', 'A schema needs application/json here.')
  return mime === null ? null : { kind: 'text' }
}

const levels = { MINIMAL: 'minimal', LOW: 'low', MEDIUM: 'medium', HIGH: 'high' } as const

function readThinking(config: Fields | null): Thinking | null {
  if (config === null) return null
  const visible = config.flag('includeThoughts') ?? false
  const budget = config.number('thinkingBudget')
  const level = config.text('thinkingLevel')?.toUpperCase() ?? 'THINKING_LEVEL_UNSPECIFIED'
  config.finish()
  if (Object.hasOwn(levels, level)) return { mode: 'effort', budget: null, effort: levels[level as keyof typeof levels], visible }
  if (level !== 'THINKING_LEVEL_UNSPECIFIED') config.refuse('thinkingLevel', 'This must be minimal, low, medium or high.')
  if (budget === 0) return { mode: 'off', budget: null, effort: null, visible: false }
  // -1 is Google's word for as much as the model likes.
  if (budget === null || budget < 0) return { mode: 'auto', budget: null, effort: null, visible }
  return { mode: 'budget', budget, effort: null, visible }
}
