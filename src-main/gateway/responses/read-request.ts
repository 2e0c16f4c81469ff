/** Reads a request of OpenAI's Responses API. Source of the fields: the request's type in the openai package, 7.55. */
import { readEffort } from '../shared/effort.ts'
import { Fields, type Reading } from '../shared/fields.ts'
import { saidAt } from '../shared/origin.ts'
import type { Conversation, Format, Shape, Thinking, Tool, ToolChoice } from '../types.ts'
import { responsesHints } from './hints.ts'
import { readInput } from './read-input.ts'

export const readRequest: Format['readRequest'] = (body, given) => {
  const reading: Reading = { hints: responsesHints, found: new Set() }
  const request = new Fields(reading, body)
  const model = request.text('model') ?? given.model ?? request.refuse('model', 'This is missing.')
  const stream = request.flag('stream') ?? given.stream ?? false
  refuseOthers(request)
  const conversation: Conversation = {
    model,
    stream,
    ...readInput(request),
    ...readTools(request),
    maxTokens: request.number('max_output_tokens'),
    temperature: request.number('temperature'),
    topP: request.number('top_p'),
    topK: null,
    seed: null,
    stop: [],
    presencePenalty: null,
    frequencyPenalty: null,
    shape: readShape(request),
    thinking: readThinking(request),
    user: request.text('user'),
    wantsUsage: true,
    hints: [],
  }
  const options = request.inner('stream_options')
  options?.finish()
  request.finish()
  conversation.hints = [...reading.found]
  return conversation
}

const stored = 'The API that serves this model keeps no conversations. Send the whole conversation as input.'

/** What no other format can say, unless it says nothing. */
function refuseOthers(request: Fields): void {
  for (const name of ['previous_response_id', 'conversation']) if (request.has(name)) request.refuse(name, stored)
  if (request.has('prompt')) request.refuse('prompt', 'A prompt kept at OpenAI is not known elsewhere.')
  if (request.flag('background') === true)
    request.refuse('background', 'The API that serves this model answers only while the client waits.')
  if ((request.number('top_logprobs') ?? 0) !== 0)
    request.refuse('top_logprobs', 'The API that serves this model does not tell them.')
  // What it adds is left out; what it asks of the tokens cannot be had. Encrypted thoughts are always given.
  const included = request.texts('include')
  if (included.includes('message.output_text.logprobs'))
    request.refuse('include', 'The API that serves this model does not tell logprobs.')
  if (included.some((name) => name !== 'reasoning.encrypted_content')) request.hint('include')
}

function readTools(request: Fields): Pick<Conversation, 'tools' | 'toolChoice' | 'parallelTools'> {
  const tools = request.items('tools').map((fields) => {
    const tool = saidAt(fields.path, readTool(fields))
    fields.finish()
    return tool
  })
  return { tools, toolChoice: readToolChoice(request), parallelTools: request.flag('parallel_tool_calls') }
}

function readTool(fields: Fields): Tool {
  const type = fields.neededText('type')
  if (type !== 'function')
    fields.refuse('type', `Only functions can be carried over; switch the tool "${type.slice(0, 60)}" off in the program.`)
  if (fields.texts('allowed_callers').some((caller) => caller !== 'direct')) {
    fields.refuse('allowed_callers', 'Only OpenAI itself can call tools from its own code.')
  }
  for (const name of ['async', 'defer_loading']) {
    if (fields.flag(name) === true) fields.refuse(name, 'This cannot be said to the API that serves this model.')
  }
  return {
    name: fields.neededText('name'),
    description: fields.text('description'),
    parameters: fields.record('parameters'),
    strict: fields.flag('strict'),
  }
}

function readToolChoice(request: Fields): ToolChoice | null {
  const choice = request.take('tool_choice')
  if (choice === null) return null
  if (choice === 'auto' || choice === 'none' || choice === 'required') return { kind: choice }
  const fields = request.child('tool_choice', choice)
  if (fields.neededText('type') !== 'function') fields.refuse('type', 'Only functions can be carried over.')
  const name = fields.neededText('name')
  fields.finish()
  return { kind: 'tool', name }
}

function readShape(request: Fields): Shape | null {
  const text = request.inner('text')
  const format = text?.inner('format') ?? null
  const shape = format === null ? null : shapeOf(format)
  format?.finish()
  text?.finish()
  return shape
}

function shapeOf(format: Fields): Shape {
  const type = format.neededText('type')
  if (type === 'text') return { kind: 'text' }
  if (type === 'json_object') return { kind: 'json' }
  if (type !== 'json_schema') return format.refuse('type', 'This must be text, json_object or json_schema.')
  const schema = format.record('schema') ?? format.refuse('schema', 'This is missing.')
  return { kind: 'schema', name: format.neededText('name'), schema, strict: format.flag('strict') }
}

/** Thoughts are shown to those who ask for a summary; `generate_summary` is its older name. */
function readThinking(request: Fields): Thinking | null {
  const asked = request.inner('reasoning')
  if (asked === null) return null
  const effort = readEffort(asked, 'effort')
  const older = asked.text('generate_summary')
  const visible = (asked.text('summary') ?? older) !== null
  asked.finish()
  if (effort === 'none') return { mode: 'off', budget: null, effort, visible: false }
  if (effort === null) return visible ? { mode: 'auto', budget: null, effort, visible } : null
  return { mode: 'effort', budget: null, effort, visible }
}
