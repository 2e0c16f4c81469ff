/** The `response` object: what was asked, said again, and what became of it. */
import { originOf } from '../shared/origin.ts'
import type { AnswerUsage, Conversation, Shape, StopReason, Tool } from '../types.ts'
import type { Item } from './item.ts'
import { writeUsage } from './usage.ts'

export interface Progress {
  id: string
  model: string
  /** In seconds since 1970. */
  createdAt: number
  output: readonly Item[]
  usage: Partial<AnswerUsage>
  /** Null = it is still being written. */
  stop: StopReason | null
}

export function responseOf(
  asked: Conversation,
  { id, model, createdAt, output, usage, stop }: Progress,
): Record<string, unknown> {
  const reason = stop === null ? null : incompleteReason(stop)
  return {
    id: id.startsWith('resp_') ? id : `resp_${id || createdAt}`,
    object: 'response',
    created_at: createdAt,
    status: stop === null ? 'in_progress' : reason === null ? 'completed' : 'incomplete',
    background: false,
    error: null,
    incomplete_details: reason === null ? null : { reason },
    instructions: instructionsOf(asked),
    max_output_tokens: asked.maxTokens,
    metadata: {},
    model: model || asked.model,
    output,
    parallel_tool_calls: asked.parallelTools ?? true,
    previous_response_id: null,
    reasoning: { effort: asked.thinking?.effort ?? null, summary: asked.thinking?.visible === true ? 'auto' : null },
    store: false,
    temperature: asked.temperature,
    text: { format: writeShape(asked.shape) },
    tool_choice: writeToolChoice(asked.toolChoice) ?? 'auto',
    tools: asked.tools.map(writeTool),
    top_p: asked.topP,
    truncation: 'disabled',
    usage: stop === null ? null : writeUsage(usage),
    ...(asked.user === null ? {} : { user: asked.user }),
  }
}

/** Null = it is complete. */
export function incompleteReason(stop: StopReason): 'max_output_tokens' | 'content_filter' | null {
  switch (stop) {
    case 'length':
      return 'max_output_tokens'
    case 'filtered':
      return 'content_filter'
    case 'end':
    case 'stop-sequence':
    case 'tool-calls':
    case 'refusal':
    case 'pause':
      return null
  }
}

function instructionsOf({ system }: Conversation): string | null {
  const part = system.find((piece) => originOf(piece) === 'instructions')
  return part?.kind === 'text' ? part.text : null
}

export function writeShape(shape: Shape | null): Item {
  switch (shape?.kind) {
    case undefined:
    case 'text':
      return { type: 'text' }
    case 'json':
      return { type: 'json_object' }
    case 'schema':
      return { type: 'json_schema', name: shape.name, schema: shape.schema, strict: shape.strict }
  }
}

export function writeTool({ name, description, parameters, strict }: Tool): Item {
  return { type: 'function', name, description, parameters, strict }
}

/** Null = the client did not say. */
export function writeToolChoice(choice: Conversation['toolChoice']): unknown {
  return choice?.kind === 'tool' ? { type: 'function', name: choice.name } : (choice?.kind ?? null)
}
