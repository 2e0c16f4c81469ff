/** Anthropic's SDK in conversation. */
import Anthropic from '@anthropic-ai/sdk'
import { instructions, type OpenSpeaker, type Said, tool } from './sdk-speaker.ts'

export const messagesSpeaker: OpenSpeaker = ({ proxy, token, model }) => {
  const anthropic = new Anthropic({ baseURL: proxy, apiKey: token, maxRetries: 0 })
  const tools = [{ name: tool.name, description: tool.description, input_schema: tool.schema }]
  const thread: Anthropic.MessageParam[] = []
  let open: string[] = []

  async function ask(message: Anthropic.MessageParam): Promise<Said> {
    const messages = [...thread, message]
    const stream = anthropic.messages.stream({ model, max_tokens: 1000, system: instructions, tools, messages })
    const { content, usage } = await stream.finalMessage()
    thread.push(message, { role: 'assistant', content })
    const calls = content.filter((block) => block.type === 'tool_use')
    open = calls.map(({ id }) => id)
    const cached = (usage.cache_read_input_tokens ?? 0) + (usage.cache_creation_input_tokens ?? 0)
    return {
      text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
      calls: calls.map(({ name, input }) => ({ name, args: input })),
      usage: { prompt: usage.input_tokens + cached, output: usage.output_tokens },
    }
  }
  return {
    say: (text) => ask({ role: 'user', content: text }),
    giveResults: (content) =>
      ask({ role: 'user', content: open.map((id) => ({ type: 'tool_result', tool_use_id: id, content })) }),
  }
}
