/** A conversation as a request of the Responses API. */

import { effortOf } from '../shared/effort.ts'
import { endUser } from '../shared/end-user.ts'
import { type Conversation, type Format, type Thinking, Untranslatable } from '../types.ts'
import { writeShape, writeTool, writeToolChoice } from './response.ts'
import { writeInput } from './write-input.ts'

export const writeRequest: Format['writeRequest'] = (conversation) => {
  const dropped = new Set<string>()
  const { stop, thinking, tools, shape } = conversation
  if (stop.length > 0) throw new Untranslatable('stop', 'The Responses API knows no stop sequences.')
  for (const name of ['topK', 'seed', 'presencePenalty', 'frequencyPenalty'] as const) {
    if (conversation[name] !== null && conversation[name] !== 0) dropped.add(name)
  }
  const body = {
    model: conversation.model,
    ...writeInput(conversation, (path) => dropped.add(path)),
    ...(tools.length === 0 ? {} : writeTools(conversation)),
    ...present({
      max_output_tokens: conversation.maxTokens,
      temperature: conversation.temperature,
      top_p: conversation.topP,
      text: shape === null ? null : { format: writeShape(shape) },
      reasoning: writeThinking(thinking),
      user: endUser(conversation.user),
      stream: conversation.stream ? true : null,
    }),
    // Clients of other formats send the whole conversation each time, with the thoughts that they were given.
    store: false,
    ...(thinking === null ? {} : { include: ['reasoning.encrypted_content'] }),
  }
  return { body, dropped: [...dropped] }
}

function writeTools({ tools, toolChoice, parallelTools }: Conversation): Record<string, unknown> {
  return {
    // Unless told otherwise this API rewrites schemas to be strict.
    tools: tools.map((tool) => ({ ...writeTool(tool), strict: tool.strict ?? false })),
    ...present({ tool_choice: writeToolChoice(toolChoice), parallel_tool_calls: parallelTools }),
  }
}

function writeThinking(thinking: Thinking | null): Record<string, unknown> | null {
  const effort = effortOf(thinking)
  if (thinking === null || (effort === null && !thinking.visible)) return null
  return present({ effort, summary: thinking.visible ? 'auto' : null })
}

function present(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
}
