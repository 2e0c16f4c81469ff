/** OpenAI's SDK in conversation: chat completions, and the Responses API. */
import OpenAI from 'openai'
import { instructions, type OpenSpeaker, type Said, type SpeakerOptions, tool } from './sdk-speaker.ts'

const client = ({ proxy, token }: SpeakerOptions) => new OpenAI({ baseURL: `${proxy}/v1`, apiKey: token, maxRetries: 0 })

export const chatSpeaker: OpenSpeaker = (options) => {
  const openai = client(options)
  const tools: OpenAI.ChatCompletionTool[] = [
    { type: 'function', function: { name: tool.name, description: tool.description, parameters: tool.schema } },
  ]
  const thread: OpenAI.ChatCompletionMessageParam[] = [{ role: 'system', content: instructions }]
  let open: string[] = []

  async function ask(more: OpenAI.ChatCompletionMessageParam[]): Promise<Said> {
    const { model } = options
    const messages = [...thread, ...more]
    const stream = openai.chat.completions.stream({ model, tools, messages, stream_options: { include_usage: true } })
    const { choices, usage } = await stream.finalChatCompletion()
    const message = choices[0]?.message
    if (message === undefined) throw new Error('an answer without a choice')
    thread.push(...more, message)
    const calls = (message.tool_calls ?? []).filter((call) => call.type === 'function')
    open = calls.map(({ id }) => id)
    return {
      text: message.content ?? '',
      calls: calls.map(({ function: { name, arguments: args } }) => ({ name, args: JSON.parse(args) as unknown })),
      usage: usage ? { prompt: usage.prompt_tokens, output: usage.completion_tokens } : null,
    }
  }
  return {
    say: (text) => ask([{ role: 'user', content: text }]),
    giveResults: (content) => ask(open.map((id) => ({ role: 'tool', tool_call_id: id, content }))),
  }
}

export const responsesSpeaker: OpenSpeaker = (options) => {
  const openai = client(options)
  const tools = [
    { type: 'function' as const, name: tool.name, description: tool.description, parameters: tool.schema, strict: false },
  ]
  const thread: OpenAI.Responses.ResponseInputItem[] = []
  let open: string[] = []

  async function ask(more: OpenAI.Responses.ResponseInputItem[]): Promise<Said> {
    const input = [...thread, ...more]
    const answer = await openai.responses.stream({ model: options.model, instructions, tools, input }).finalResponse()
    if (answer.status !== 'completed') throw new Error(`the response is ${answer.status}: ${answer.error?.message}`)
    thread.push(...more, ...(answer.output as OpenAI.Responses.ResponseInputItem[]))
    const calls = answer.output.filter((item) => item.type === 'function_call')
    open = calls.map((call) => call.call_id)
    return {
      text: answer.output_text,
      calls: calls.map(({ name, arguments: args }) => ({ name, args: JSON.parse(args) as unknown })),
      usage: answer.usage ? { prompt: answer.usage.input_tokens, output: answer.usage.output_tokens } : null,
    }
  }
  return {
    say: (text) => ask([{ role: 'user', content: text }]),
    giveResults: (output) => ask(open.map((id) => ({ type: 'function_call_output', call_id: id, output }))),
  }
}
