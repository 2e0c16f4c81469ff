/** What is tried, as a request of the unified API. Pure. */
import { invalid, type PlaygroundInput } from '../../../src-preload/contract/index.ts'
import { promptRequest } from '../../gateway/index.ts'

interface ChatMessage {
  role: string
  content: unknown
}

/** A streaming chat completion. Throws INVALID_INPUT for a picture that belongs to no message of the person's. */
export function questionOf({ model, messages, parameters, images, effort }: PlaygroundInput): Record<string, unknown> {
  const version = { version: 0, model, messages, variables: [], parameters, createdAt: 0 }
  const { messages: plain, ...request } = promptRequest(version, { stream: true })
  return {
    ...request,
    messages: withImages(plain as ChatMessage[], images),
    stream_options: { include_usage: true },
    ...(effort === undefined ? {} : { reasoning_effort: effort }),
  }
}

function withImages(messages: readonly ChatMessage[], images: PlaygroundInput['images']): ChatMessage[] {
  const last = messages.findLastIndex(({ role }) => role === 'user')
  const placed = images.map(({ message = last, ...image }, index) => {
    if (messages[message]?.role !== 'user')
      throw invalid(`images.${index}.message`, 'pictures are shown with a message of the user')
    return { message, image }
  })
  return messages.map((message, at) => {
    const own = placed.filter((one) => one.message === at)
    if (own.length === 0) return message
    const pictures = own.map(({ image: { mime, data } }) => ({
      type: 'image_url',
      image_url: { url: `data:${mime};base64,${data}` },
    }))
    return { ...message, content: [{ type: 'text', text: message.content }, ...pictures] }
  })
}
