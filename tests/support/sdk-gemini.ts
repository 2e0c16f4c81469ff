/** Google's SDK in conversation. */
import { type Content, type GenerateContentResponse, GoogleGenAI, type Part } from '@google/genai'
import { instructions, type OpenSpeaker, type Said, tool } from './sdk-speaker.ts'

export const geminiSpeaker: OpenSpeaker = ({ proxy, token, model }) => {
  const gemini = new GoogleGenAI({ apiKey: token, httpOptions: { baseUrl: proxy, retryOptions: { attempts: 1 } } })
  const { name, description, schema } = tool
  const tools = [{ functionDeclarations: [{ name, description, parametersJsonSchema: schema }] }]
  const thread: Content[] = []
  let open: Part[] = []

  async function ask(content: Content): Promise<Said> {
    const contents = [...thread, content]
    const stream = await gemini.models.generateContentStream({
      model,
      contents,
      config: { systemInstruction: instructions, tools },
    })
    const parts: Part[] = []
    let last: GenerateContentResponse | undefined
    for await (const piece of stream) {
      last = piece
      parts.push(...(piece.candidates?.[0]?.content?.parts ?? []))
    }
    if (last?.candidates?.[0]?.finishReason === undefined) throw new Error('the stream ended without a reason')
    thread.push(content, { role: 'model', parts })
    open = parts.filter((part) => part.functionCall !== undefined)
    const usage = last.usageMetadata
    return {
      text: parts.map((part) => (part.thought === true ? '' : (part.text ?? ''))).join(''),
      calls: open.map(({ functionCall }) => ({ name: functionCall?.name ?? '', args: functionCall?.args })),
      usage: usage
        ? {
            prompt: usage.promptTokenCount ?? 0,
            output: (usage.candidatesTokenCount ?? 0) + (usage.thoughtsTokenCount ?? 0),
          }
        : null,
    }
  }
  return {
    say: (text) => ask({ role: 'user', parts: [{ text }] }),
    giveResults(result) {
      const parts = open.map(({ functionCall }): Part => {
        const { id, name: called = '' } = functionCall ?? {}
        return { functionResponse: { ...(id === undefined ? {} : { id }), name: called, response: { result } } }
      })
      return ask({ role: 'user', parts })
    },
  }
}
