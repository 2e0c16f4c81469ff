/** Anthropic's Messages request as a conversation. Source of the fields: the request's type in @anthropic-ai/sdk 1.11. */
import { Fields } from '../shared/fields.ts'
import { saidAt } from '../shared/origin.ts'
import type { Conversation, Part, Shape, Thinking, Tool, ToolChoice, Turn } from '../types.ts'
import { messagesHints } from './hints.ts'
import { readContent } from './read-content.ts'

/** Throws Untranslatable, naming the field, for what no other API can be told. */
export function readRequest(body: unknown, given: { model: string | null; stream: boolean | null }): Conversation {
  const found = new Set<string>()
  const fields = new Fields({ hints: messagesHints, found }, body)
  const output = readOutput(fields)
  const conversation: Conversation = {
    model: given.model ?? fields.neededText('model'),
    stream: given.stream ?? fields.flag('stream') ?? false,
    ...readMessages(fields),
    ...readTools(fields),
    maxTokens: fields.number('max_tokens'),
    temperature: fields.number('temperature'),
    topP: fields.number('top_p'),
    topK: fields.number('top_k'),
    seed: null,
    stop: fields.texts('stop_sequences'),
    presencePenalty: null,
    frequencyPenalty: null,
    shape: output.shape,
    thinking: readThinking(fields, output.effort),
    user: readUser(fields),
    wantsUsage: true,
    hints: [],
  }
  // Said by the path or read above.
  fields.take('model')
  fields.take('stream')
  fields.finish()
  return { ...conversation, hints: [...found] }
}

function readMessages(fields: Fields): { system: Part[]; turns: Turn[] } {
  const system = readContent(fields, 'system')
  const turns: Turn[] = []
  for (const message of fields.items('messages')) {
    const role = message.neededText('role')
    const parts = readContent(message, 'content')
    if (role === 'user' || role === 'assistant') turns.push(saidAt(message.path, { role, parts }))
    else if (role === 'system') system.push(...parts)
    else message.refuse('role', 'This must be user, assistant or system.')
    if (role === 'system' && turns.length > 0) message.hint('role')
    message.finish()
  }
  return { system, turns }
}

function readTools(fields: Fields): Pick<Conversation, 'tools' | 'toolChoice' | 'parallelTools'> {
  const tools = fields.items('tools').map(readTool)
  const choice = fields.inner('tool_choice')
  if (choice === null) return { tools, toolChoice: null, parallelTools: null }
  const alone = choice.flag('disable_parallel_tool_use')
  const toolChoice = readChoice(choice)
  choice.finish()
  return { tools, toolChoice, parallelTools: alone === null ? null : !alone }
}

function readTool(tool: Fields): Tool {
  const type = tool.text('type') ?? 'custom'
  if (type !== 'custom') tool.refuse('type', `Only Anthropic itself can run a tool of type "${type.slice(0, 60)}".`)
  if (tool.list('allowed_callers').some((caller) => caller !== 'direct')) {
    tool.refuse('allowed_callers', 'Only Anthropic itself can call tools from its own code.')
  }
  const read: Tool = {
    name: tool.neededText('name'),
    description: tool.text('description'),
    parameters: tool.record('input_schema'),
    strict: tool.flag('strict'),
    ...(tool.take('cache_control') === null ? {} : { cache: true }),
  }
  tool.finish()
  return saidAt(tool.path, read)
}

function readChoice(choice: Fields): ToolChoice {
  const type = choice.neededText('type')
  switch (type) {
    case 'auto':
    case 'none':
      return { kind: type }
    case 'any':
      return { kind: 'required' }
    case 'tool':
      return { kind: 'tool', name: choice.neededText('name') }
    default:
      return choice.refuse('type', 'This must be auto, any, tool or none.')
  }
}

type Effort = Thinking['effort']

const efforts: readonly string[] = ['low', 'medium', 'high', 'xhigh', 'max'] satisfies Effort[]

function readOutput(fields: Fields): { shape: Shape | null; effort: Effort } {
  // The name that structured outputs had in their beta.
  const early = fields.inner('output_format')
  const output = fields.inner('output_config')
  const format = output?.inner('format') ?? early
  const effort = output?.text('effort') ?? null
  if (effort !== null && !efforts.includes(effort)) output?.refuse('effort', `This must be one of ${efforts.join(', ')}.`)
  output?.finish()
  return { shape: format === null ? null : readShape(format), effort: effort as Effort }
}

function readShape(format: Fields): Shape {
  if (format.neededText('type') !== 'json_schema') format.refuse('type', 'This must be json_schema.')
  const schema = format.record('schema') ?? format.refuse('schema', 'This is missing.')
  format.finish()
  return { kind: 'schema', name: 'answer', schema, strict: true }
}

function readThinking(fields: Fields, effort: Effort): Thinking | null {
  const config = fields.inner('thinking')
  if (config === null) return effort === null ? null : { mode: 'effort', budget: null, effort, visible: false }
  const type = config.neededText('type')
  const visible = config.text('display') !== 'omitted'
  const budget = config.number('budget_tokens')
  config.finish()
  switch (type) {
    case 'disabled':
      return { mode: 'off', budget: null, effort, visible: false }
    case 'enabled':
      return { mode: 'budget', budget: budget ?? config.refuse('budget_tokens', 'This is missing.'), effort, visible }
    case 'between_tools':
      config.hint('type')
      return { mode: effort === null ? 'auto' : 'effort', budget: null, effort, visible }
    case 'adaptive':
      return { mode: effort === null ? 'auto' : 'effort', budget: null, effort, visible }
    default:
      return config.refuse('type', 'This must be enabled, adaptive, between_tools or disabled.')
  }
}

function readUser(fields: Fields): string | null {
  const metadata = fields.inner('metadata')
  const user = metadata?.text('user_id') ?? null
  metadata?.finish()
  return user
}
