/** A conversation as Anthropic's Messages request. */
import { endUser } from '../shared/end-user.ts'
import { withTurn } from '../shared/with-turn.ts'
import { type Conversation, type Tool, Untranslatable } from '../types.ts'
import { type ModelRules, rulesOf } from './model-rules.ts'
import { closedSchema } from './schema.ts'
import { type Writing, writeBlocks } from './write-content.ts'
import { writeThinking } from './write-thinking.ts'
import { callIds, writeTurns } from './write-turns.ts'

type Body = Record<string, unknown>

/**
 * The request's body and what had to be left out of it. `max_tokens`, which Anthropic demands, is 32,000 where the client gave none
 * (8,192 and 4,096 for models before Claude 3.7, 8,192 for others' models). Throws Untranslatable.
 */
export function writeRequest(conversation: Conversation): { body: Body; dropped: string[] } {
  const dropped = new Set<string>()
  const writing: Writing = { callId: callIds(), drop: (path) => dropped.add(path) }
  const rules = rulesOf(conversation.model)
  const { thinking, effort, maxTokens, dropped: unthinking } = writeThinking(conversation, rules)
  if (unthinking) dropped.add('thinking')
  const { system, turns } = withTurn(conversation)
  const user = endUser(conversation.user)
  noteAbsent(conversation, dropped)

  const body: Body = {
    model: conversation.model,
    max_tokens: maxTokens,
    messages: writeTurns(turns, writing),
    ...optional('system', writeSystem(writeBlocks(system, 'system', writing))),
    ...optional('stream', conversation.stream ? true : null),
    ...writeTools(conversation),
    ...optional('thinking', thinking),
    ...writeOutput(conversation, effort),
    ...writeSampling(conversation, rules, thinking !== null && thinking.type !== 'disabled', dropped),
    ...optional('stop_sequences', writeStops(conversation.stop)),
    ...optional('metadata', user === null ? null : { user_id: user }),
  }
  return { body, dropped: [...dropped] }
}

/** Anthropic has no word for these. */
function noteAbsent({ seed, presencePenalty, frequencyPenalty }: Conversation, dropped: Set<string>): void {
  if (seed !== null) dropped.add('seed')
  if (presencePenalty !== null && presencePenalty !== 0) dropped.add('presencePenalty')
  if (frequencyPenalty !== null && frequencyPenalty !== 0) dropped.add('frequencyPenalty')
}

function writeSystem(blocks: readonly Body[]): unknown {
  const [only] = blocks
  if (only === undefined) return null
  return blocks.length === 1 && only.type === 'text' && only.cache_control === undefined ? only.text : blocks
}

function writeTools({ tools, toolChoice, parallelTools }: Conversation): Body {
  if (tools.length === 0) return {}
  const alone = parallelTools === false && toolChoice?.kind !== 'none' ? { disable_parallel_tool_use: true } : {}
  const choice = toolChoice === null && parallelTools !== false ? null : { ...writeChoice(toolChoice), ...alone }
  return { tools: tools.map(writeTool), ...optional('tool_choice', choice) }
}

function writeTool({ name, description, parameters, strict, cache }: Tool): Body {
  return {
    name,
    ...optional('description', description),
    input_schema: { type: 'object', ...(parameters ?? { properties: {} }) },
    ...optional('strict', strict === true ? true : null),
    ...(cache === true ? { cache_control: { type: 'ephemeral' } } : {}),
  }
}

function writeChoice(choice: Conversation['toolChoice']): Body {
  switch (choice?.kind) {
    case undefined:
      return { type: 'auto' }
    case 'auto':
    case 'none':
      return { type: choice.kind }
    case 'required':
      return { type: 'any' }
    case 'tool':
      return { type: 'tool', name: choice.name }
  }
}

function writeOutput({ shape }: Conversation, effort: string | null): Body {
  if (shape?.kind === 'json') {
    throw new Untranslatable(
      'shape',
      'Anthropic promises JSON only by a schema. Give one (json_schema), or ask for JSON in the prompt.',
    )
  }
  const format = shape?.kind === 'schema' ? { type: 'json_schema', schema: closedSchema(shape.schema) } : null
  if (format === null && effort === null) return {}
  return { output_config: { ...optional('effort', effort), ...optional('format', format) } }
}

function writeSampling(
  { temperature, topP, topK }: Conversation,
  rules: ModelRules,
  thinks: boolean,
  dropped: Set<string>,
): Body {
  if (temperature !== null && (temperature < 0 || temperature > 1)) {
    throw new Untranslatable('temperature', "Anthropic's models take a temperature from 0 to 1.")
  }
  // Thinking takes no sampling but the model's own; the newest models never take any; others take one of the two.
  const none = rules.sampling === 'none' || thinks
  const wanted = [
    ['temperature', 'temperature', temperature, none],
    ['top_p', 'topP', topP, none || (rules.sampling === 'one' && temperature !== null)],
    ['top_k', 'topK', topK, none],
  ] as const
  const body: Body = {}
  for (const [name, field, value, refused] of wanted) {
    if (value === null) continue
    if (!refused) body[name] = value
    // 1 is what the model does anyway.
    else if (name === 'top_k' || value !== 1) dropped.add(field)
  }
  return body
}

function writeStops(stop: readonly string[]): readonly string[] | null {
  if (stop.some((sequence) => sequence.trim() === '')) {
    throw new Untranslatable('stop', 'Anthropic takes no stop sequence that is only spaces or line ends.')
  }
  return stop.length === 0 ? null : stop
}

function optional(name: string, value: unknown): Body {
  return value === null ? {} : { [name]: value }
}
