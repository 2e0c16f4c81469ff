/** What an upstream was sent, told in common words: written without a look at the code that made it. */
import type { WireFormat } from '../../../src-main/gateway/types.ts'
import { at, listAt, textAt } from '../../../src-main/providers/read.ts'

export interface Asked {
  instructions: string
  /** The user's first texts and pictures. */
  said: string[]
  tools: { name: string; schema: unknown }[]
  limit: unknown
  /** Calls and results in the order in which they stand. */
  calls: { name: string; args: unknown; id: unknown }[]
  results: { id: unknown; text: string; failed: boolean | null }[]
  signature: unknown
}

export const asked: Readonly<Record<WireFormat, (body: unknown) => Asked>> = {
  chat: askedOfChat,
  responses: askedOfResponses,
  messages: askedOfMessages,
  gemini: askedOfGemini,
}

/** A text, or the texts of a list of parts. */
function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  return Array.isArray(content) ? content.map((part) => textAt(part, 'text')).join('') : ''
}

function chosen(list: readonly unknown[], name: string, value: string): unknown[] {
  return list.filter((item) => textAt(item, name) === value)
}

function askedOfChat(body: unknown): Asked {
  const of = (role: string) => chosen(listAt(body, 'messages'), 'role', role)
  const calls = of('assistant').flatMap((message) => listAt(message, 'tool_calls'))
  return {
    instructions: textOf(at(of('system')[0], 'content')),
    said: listAt(of('user')[0], 'content').map((part) => textAt(part, 'text') || textAt(part, 'image_url', 'url')),
    tools: listAt(body, 'tools').map((tool) => ({
      name: textAt(tool, 'function', 'name'),
      schema: at(tool, 'function', 'parameters'),
    })),
    limit: at(body, 'max_completion_tokens') ?? at(body, 'max_tokens'),
    calls: calls.map((call) => ({
      name: textAt(call, 'function', 'name'),
      args: JSON.parse(textAt(call, 'function', 'arguments')) as unknown,
      id: at(call, 'id'),
    })),
    results: of('tool').map((message) => ({
      id: at(message, 'tool_call_id'),
      text: textOf(at(message, 'content')),
      failed: null,
    })),
    signature: null,
  }
}

function askedOfResponses(body: unknown): Asked {
  const items = listAt(body, 'input')
  const messages = items.filter((item) => at(item, 'role') !== undefined)
  return {
    instructions: textAt(body, 'instructions'),
    said: listAt(messages[0], 'content').map((part) => textAt(part, 'text') || textAt(part, 'image_url')),
    tools: listAt(body, 'tools').map((tool) => ({ name: textAt(tool, 'name'), schema: at(tool, 'parameters') })),
    limit: at(body, 'max_output_tokens'),
    calls: chosen(items, 'type', 'function_call').map((call) => ({
      name: textAt(call, 'name'),
      args: JSON.parse(textAt(call, 'arguments')) as unknown,
      id: at(call, 'call_id'),
    })),
    results: chosen(items, 'type', 'function_call_output').map((item) => ({
      id: at(item, 'call_id'),
      text: textOf(at(item, 'output')),
      failed: null,
    })),
    signature: null,
  }
}

function askedOfMessages(body: unknown): Asked {
  const messages = listAt(body, 'messages')
  const blocks = messages.flatMap((message) => listAt(message, 'content'))
  const dataUrl = (block: unknown) => `data:${textAt(block, 'source', 'media_type')};base64,${textAt(block, 'source', 'data')}`
  return {
    instructions: textOf(at(body, 'system')),
    said: listAt(messages[0], 'content').map((block) => textAt(block, 'text') || dataUrl(block)),
    tools: listAt(body, 'tools').map((tool) => ({ name: textAt(tool, 'name'), schema: at(tool, 'input_schema') })),
    limit: at(body, 'max_tokens'),
    calls: chosen(blocks, 'type', 'tool_use').map((block) => ({
      name: textAt(block, 'name'),
      args: at(block, 'input'),
      id: at(block, 'id'),
    })),
    results: chosen(blocks, 'type', 'tool_result').map((block) => ({
      id: at(block, 'tool_use_id'),
      text: textOf(at(block, 'content')),
      failed: at(block, 'is_error') === true,
    })),
    signature: null,
  }
}

function askedOfGemini(body: unknown): Asked {
  const contents = listAt(body, 'contents')
  const parts = contents.flatMap((content) => listAt(content, 'parts'))
  const calls = parts.filter((part) => at(part, 'functionCall') !== undefined)
  const results = parts.flatMap((part) => at(part, 'functionResponse') ?? [])
  const dataUrl = (part: unknown) => `data:${textAt(part, 'inlineData', 'mimeType')};base64,${textAt(part, 'inlineData', 'data')}`
  return {
    instructions: textOf(at(body, 'systemInstruction', 'parts')),
    said: listAt(contents[0], 'parts').map((part) => textAt(part, 'text') || dataUrl(part)),
    tools: listAt(body, 'tools')
      .flatMap((tool) => listAt(tool, 'functionDeclarations'))
      .map((declared) => ({ name: textAt(declared, 'name'), schema: at(declared, 'parametersJsonSchema') })),
    limit: at(body, 'generationConfig', 'maxOutputTokens'),
    calls: calls.map((part) => ({
      name: textAt(part, 'functionCall', 'name'),
      args: at(part, 'functionCall', 'args'),
      id: at(part, 'functionCall', 'id'),
    })),
    results: results.map((result) => ({
      id: at(result, 'id'),
      text: textAt(result, 'response', 'error') || textAt(result, 'response', 'output') || JSON.stringify(at(result, 'response')),
      failed: at(result, 'response', 'error') !== undefined,
    })),
    signature: at(calls[0], 'thoughtSignature') ?? null,
  }
}
