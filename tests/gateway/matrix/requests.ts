/** What an upstream was sent, told in common words: written without a look at the code that made it. */
import type { WireFormat } from '../../../src-main/gateway/types.ts'

export interface Asked {
  instructions: string
  /** The user's first texts and pictures. */
  said: string[]
  tools: { name: string; schema: unknown }[]
  limit: number
  /** Calls and results in the order in which they stand. */
  calls: { name: string; args: unknown; id: unknown }[]
  results: { id: unknown; text: string; failed: boolean | null }[]
  signature: unknown
}

// Every body here is taken for what it should be; where it is not, the comparison fails.
// biome-ignore lint/suspicious/noExplicitAny: these are the upstream's own eyes, which trust nothing and know no type.
type Json = any

export const asked: Readonly<Record<WireFormat, (body: Json) => Asked>> = { chat, responses, messages, gemini }

function textOf(content: Json): string {
  return typeof content === 'string' ? content : content.map((part: Json) => part.text).join('')
}

function chat(body: Json): Asked {
  const of = (role: string) => body.messages.filter((message: Json) => message.role === role)
  return {
    instructions: textOf(of('system')[0].content),
    said: of('user')[0].content.map((part: Json) => part.text ?? part.image_url.url),
    tools: body.tools.map(({ function: tool }: Json) => ({ name: tool.name, schema: tool.parameters })),
    limit: body.max_completion_tokens ?? body.max_tokens,
    calls: of('assistant').flatMap(({ tool_calls = [] }: Json) =>
      tool_calls.map((call: Json) => ({ name: call.function.name, args: JSON.parse(call.function.arguments), id: call.id })),
    ),
    results: of('tool').map((message: Json) => ({ id: message.tool_call_id, text: textOf(message.content), failed: null })),
    signature: null,
  }
}

function responses(body: Json): Asked {
  const of = (type: string) => body.input.filter((item: Json) => (item.type ?? 'message') === type)
  return {
    instructions: body.instructions,
    said: of('message')[0].content.map((part: Json) => part.text ?? part.image_url),
    tools: body.tools.map((tool: Json) => ({ name: tool.name, schema: tool.parameters })),
    limit: body.max_output_tokens,
    calls: of('function_call').map((call: Json) => ({ name: call.name, args: JSON.parse(call.arguments), id: call.call_id })),
    results: of('function_call_output').map((item: Json) => ({ id: item.call_id, text: textOf(item.output), failed: null })),
    signature: null,
  }
}

function messages(body: Json): Asked {
  const blocks = body.messages.flatMap((message: Json) => (typeof message.content === 'string' ? [] : message.content))
  const of = (type: string) => blocks.filter((block: Json) => block.type === type)
  return {
    instructions: textOf(body.system),
    said: body.messages[0].content.map(
      (block: Json) => block.text ?? `data:${block.source.media_type};base64,${block.source.data}`,
    ),
    tools: body.tools.map((tool: Json) => ({ name: tool.name, schema: tool.input_schema })),
    limit: body.max_tokens,
    calls: of('tool_use').map((block: Json) => ({ name: block.name, args: block.input, id: block.id })),
    results: of('tool_result').map((block: Json) => ({
      id: block.tool_use_id,
      text: textOf(block.content),
      failed: block.is_error ?? false,
    })),
    signature: null,
  }
}

function gemini(body: Json): Asked {
  const parts = body.contents.flatMap((content: Json) => content.parts)
  const calls = parts.filter((part: Json) => part.functionCall !== undefined)
  const responses = parts.flatMap((part: Json) => part.functionResponse ?? [])
  return {
    instructions: textOf(body.systemInstruction.parts),
    said: body.contents[0].parts.map(
      (part: Json) => part.text ?? `data:${part.inlineData.mimeType};base64,${part.inlineData.data}`,
    ),
    tools: body.tools.flatMap((tool: Json) =>
      tool.functionDeclarations.map((declared: Json) => ({ name: declared.name, schema: declared.parametersJsonSchema })),
    ),
    limit: body.generationConfig.maxOutputTokens,
    calls: calls.map(({ functionCall }: Json) => ({ name: functionCall.name, args: functionCall.args, id: functionCall.id })),
    results: responses.map(({ id, response }: Json) => ({
      id,
      text: response.error ?? response.output ?? JSON.stringify(response),
      failed: response.error !== undefined,
    })),
    signature: calls[0]?.thoughtSignature ?? null,
  }
}
