/** A conversation as a chat completions request. */

import { effortOf } from '../shared/effort.ts'
import { endUser } from '../shared/end-user.ts'
import type { Conversation, Format, Shape, Tool } from '../types.ts'
import { rulesOf } from './model-rules.ts'
import { writeMessages } from './write-messages.ts'

export const writeRequest: Format['writeRequest'] = (conversation) => {
  const dropped = new Set<string>()
  const rules = rulesOf(conversation.model)
  const wanted = effortOf(conversation.thinking)
  const effort = rules.takesEffort ? wanted : null
  if (wanted !== effort) dropped.add('thinking')
  const body = {
    model: conversation.model,
    messages: writeMessages(conversation, (path) => dropped.add(path), rules),
    ...writeTools(conversation),
    ...present({
      [rules.limit]: conversation.maxTokens,
      temperature: conversation.temperature,
      top_p: conversation.topP,
      [rules.closed ? 'random_seed' : 'seed']: conversation.seed,
      stop: conversation.stop.length === 0 ? null : conversation.stop,
      presence_penalty: conversation.presencePenalty,
      frequency_penalty: conversation.frequencyPenalty,
      response_format: writeShape(conversation.shape),
      reasoning_effort: effort,
      user: rules.closed ? null : endUser(conversation.user),
    }),
    // The usage of a stream is told only to those who ask, and everyone downstream counts on it.
    ...(conversation.stream ? { stream: true } : {}),
    ...(conversation.stream && !rules.closed ? { stream_options: { include_usage: true } } : {}),
  }
  // OpenAI knows no such limit; it only narrows what is likely anyway.
  if (conversation.topK !== null) dropped.add('topK')
  if (rules.closed && conversation.user !== null) dropped.add('user')
  return { body, dropped: [...dropped] }
}

function present(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
}

function writeTools({ tools, toolChoice, parallelTools }: Conversation): Record<string, unknown> {
  if (tools.length === 0) return {}
  return {
    tools: tools.map((tool) => ({ type: 'function', function: writeTool(tool) })),
    ...(toolChoice === null
      ? {}
      : {
          tool_choice: toolChoice.kind === 'tool' ? { type: 'function', function: { name: toolChoice.name } } : toolChoice.kind,
        }),
    ...(parallelTools === null ? {} : { parallel_tool_calls: parallelTools }),
  }
}

function writeTool({ name, description, parameters, strict }: Tool): Record<string, unknown> {
  return { name, ...present({ description, parameters, strict }) }
}

function writeShape(shape: Shape | null): Record<string, unknown> | null {
  switch (shape?.kind) {
    case undefined:
    case 'text':
      return null
    case 'json':
      return { type: 'json_object' }
    case 'schema':
      return {
        type: 'json_schema',
        json_schema: { name: shape.name, schema: shape.schema, ...present({ strict: shape.strict }) },
      }
  }
}
