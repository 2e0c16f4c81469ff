/** Reads a chat completions request. Source of the fields: OpenAI's API reference, and the additions that its imitators share. */

import { readEffort } from '../shared/effort.ts'
import { Fields, type Reading } from '../shared/fields.ts'
import { saidAt } from '../shared/origin.ts'
import type { Conversation, Format, Shape, Thinking, Tool, ToolChoice } from '../types.ts'
import { chatHints } from './hints.ts'
import { readMessages } from './read-messages.ts'

export const readRequest: Format['readRequest'] = (body, given) => {
  const reading: Reading = { hints: chatHints, found: new Set() }
  const request = new Fields(reading, body)
  const model = request.text('model') ?? given.model ?? request.refuse('model', 'This is missing.')
  const stream = request.flag('stream') ?? given.stream ?? false
  refuseOthers(request)
  const conversation: Conversation = {
    model,
    stream,
    ...readMessages(request),
    ...readTools(request),
    ...readLimits(request),
    shape: readShape(request),
    thinking: readThinking(request),
    user: request.text('user'),
    wantsUsage: readWantsUsage(request),
    hints: [],
  }
  request.finish()
  conversation.hints = [...reading.found]
  return conversation
}

/** What no other format can say, unless it says nothing. */
function refuseOthers(request: Fields): void {
  if ((request.number('n') ?? 1) !== 1)
    request.refuse('n', 'Only one answer at a time can be had from the API that serves this model.')
  if (request.flag('logprobs') === true) request.refuse('logprobs', 'The API that serves this model does not tell them.')
  if ((request.number('top_logprobs') ?? 0) !== 0)
    request.refuse('top_logprobs', 'The API that serves this model does not tell them.')
  if (Object.keys(request.record('logit_bias') ?? {}).length > 0)
    request.refuse('logit_bias', 'Tokens differ from model to model.')
  if (request.texts('modalities').some((kind) => kind !== 'text')) request.refuse('modalities', 'Only text can be carried over.')
  for (const name of ['functions', 'function_call']) {
    const said = request.take(name)
    if (said !== null && !(Array.isArray(said) && said.length === 0))
      request.refuse(name, 'Use tools and tool_choice, which have taken its place.')
  }
}

function readLimits(request: Fields) {
  const older = request.number('max_tokens')
  return {
    maxTokens: request.number('max_completion_tokens') ?? older,
    temperature: request.number('temperature'),
    topP: request.number('top_p'),
    topK: request.number('top_k'),
    seed: request.number('seed'),
    stop: readStop(request),
    presencePenalty: request.number('presence_penalty'),
    frequencyPenalty: request.number('frequency_penalty'),
  }
}

function readStop(request: Fields): string[] {
  const stop = request.take('stop')
  if (stop === null) return []
  const texts: unknown[] = Array.isArray(stop) ? stop : [stop]
  return texts.map((text) =>
    typeof text === 'string' ? text : request.refuse('stop', 'This must be a text or a list of texts.'),
  )
}

function readWantsUsage(request: Fields): boolean {
  const options = request.inner('stream_options')
  const wanted = options?.flag('include_usage') ?? false
  options?.finish()
  return wanted
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
  if (fields.neededText('type') !== 'function') fields.refuse('type', 'Only functions can be carried over.')
  const cache = fields.record('cache_control') !== null ? { cache: true } : {}
  const declared = fields.inner('function') ?? fields.refuse('function', 'This is missing.')
  const tool = {
    name: declared.neededText('name'),
    description: declared.text('description'),
    parameters: declared.record('parameters'),
    strict: declared.flag('strict'),
    ...cache,
  }
  declared.finish()
  return tool
}

function readToolChoice(request: Fields): ToolChoice | null {
  const choice = request.take('tool_choice')
  if (choice === null) return null
  if (choice === 'auto' || choice === 'none' || choice === 'required') return { kind: choice }
  const fields = request.child('tool_choice', choice)
  if (fields.neededText('type') !== 'function') fields.refuse('type', 'Only functions can be carried over.')
  const named = fields.inner('function') ?? fields.refuse('function', 'This is missing.')
  const name = named.neededText('name')
  named.finish()
  fields.finish()
  return { kind: 'tool', name }
}

function readShape(request: Fields): Shape | null {
  const format = request.inner('response_format')
  if (format === null) return null
  const shape = shapeOf(format)
  format.finish()
  return shape
}

function shapeOf(format: Fields): Shape {
  const type = format.neededText('type')
  if (type === 'text') return { kind: 'text' }
  if (type === 'json_object') return { kind: 'json' }
  if (type !== 'json_schema') return format.refuse('type', 'This must be text, json_object or json_schema.')
  const wrapped = format.inner('json_schema') ?? format.refuse('json_schema', 'This is missing.')
  const schema = wrapped.record('schema') ?? wrapped.refuse('schema', 'This is missing.')
  const shape: Shape = { kind: 'schema', name: wrapped.neededText('name'), schema, strict: wrapped.flag('strict') }
  wrapped.finish()
  return shape
}

/** `reasoning_effort`, or OpenRouter's `reasoning` object. Clients of this format show thoughts where there are any. */
function readThinking(request: Fields): Thinking | null {
  const effort = readEffort(request, 'reasoning_effort')
  const asked = request.inner('reasoning')
  if (asked === null) return effort === null ? null : thinkingOf(effort, null, true)
  const inner = readEffort(asked, 'effort')
  const budget = asked.number('max_tokens')
  const visible = asked.flag('exclude') !== true
  asked.finish()
  return thinkingOf(inner ?? effort, budget, visible)
}

function thinkingOf(effort: Thinking['effort'], budget: number | null, visible: boolean): Thinking {
  if (budget !== null) return { mode: budget === 0 ? 'off' : 'budget', budget, effort, visible }
  if (effort === null) return { mode: 'auto', budget: null, effort, visible }
  return { mode: effort === 'none' ? 'off' : 'effort', budget: null, effort, visible: visible && effort !== 'none' }
}
