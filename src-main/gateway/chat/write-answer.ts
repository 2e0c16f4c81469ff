/** A whole answer as a chat completion. */
import { gather } from '../shared/gather.ts'
import { urlOf } from '../shared/media.ts'
import { nowSeconds } from '../shared/now.ts'
import { writeError } from '../shared/openai-error.ts'
import { type Conversation, type Format, type Part, Untranslatable } from '../types.ts'
import { writeStop } from './stop.ts'
import { showsThoughts } from './thoughts.ts'
import { writeUsage } from './usage.ts'

/** An answer that is an error becomes the body of one. Throws Untranslatable for audio. */
export const writeAnswer: Format['writeAnswer'] = (events, asked) => {
  const { id, model, createdAt, parts, usage, stop, error } = gather(events)
  if (error !== null) return writeError(error)
  const created = createdAt ?? nowSeconds()
  const counted = writeUsage(usage)
  return {
    id: id || `chatcmpl-${created}`,
    object: 'chat.completion',
    created,
    model: model || asked.model,
    choices: [{ index: 0, message: writeMessage(parts, asked), logprobs: null, finish_reason: writeStop(stop) }],
    ...(counted === null ? {} : { usage: counted }),
  }
}

function writeMessage(parts: readonly Part[], asked: Conversation): Record<string, unknown> {
  const calls = parts.filter((part) => part.kind === 'tool-call')
  const images = parts.filter((part) => part.kind === 'image')
  const thoughts = showsThoughts(asked) ? textOf(parts, 'thinking') : null
  if (parts.some((part) => part.kind === 'audio'))
    throw new Untranslatable('content', 'The model answered with audio, which cannot be carried over.')
  return {
    role: 'assistant',
    content: textOf(parts, 'text'),
    refusal: textOf(parts, 'refusal'),
    ...(thoughts === null ? {} : { reasoning_content: thoughts }),
    ...(images.length === 0 ? {} : { images: images.map(({ media }) => writeImage(urlOf(media))) }),
    ...(calls.length === 0
      ? {}
      : {
          tool_calls: calls.map(({ id, name, args }) => ({ id, type: 'function', function: { name, arguments: args || '{}' } })),
        }),
  }
}

/** The texts of one kind, joined; null = there are none. */
function textOf(parts: readonly Part[], kind: 'text' | 'thinking' | 'refusal'): string | null {
  const texts = parts.flatMap((part) => (part.kind === kind && 'text' in part ? [part.text] : []))
  return texts.length === 0 ? null : texts.join(kind === 'thinking' ? '\n\n' : '')
}

/** OpenRouter's shape for pictures that a model made; OpenAI's chat has none. */
export function writeImage(url: string): Record<string, unknown> {
  return { type: 'image_url', image_url: { url } }
}
