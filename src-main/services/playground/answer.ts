/** What is told of an answer while it comes. Pure. */
import { type PlaygroundEvent, playgroundImage } from '../../../src-preload/contract/index.ts'
import { errorOfAnswer } from '../../gateway/index.ts'
import type { AnswerError, AnswerEvent, Media, StopReason } from '../../gateway/types.ts'

export class AnswerTeller {
  /** Why the answer ended; null = it has not, or it was cut. */
  stop: StopReason | null = null
  error: AnswerError | null = null
  #thinking = false

  tell(events: readonly AnswerEvent[]): PlaygroundEvent[] {
    return events.flatMap((event) => this.#one(event))
  }

  #one(event: AnswerEvent): PlaygroundEvent[] {
    switch (event.type) {
      case 'open':
        this.#thinking = event.part.kind === 'thinking'
        // There are no tools here; a model that calls one all the same is not answered in silence.
        return event.part.kind === 'tool-call' ? [{ type: 'text', text: `[${event.part.name}] ` }] : []
      case 'delta':
        return [{ type: this.#thinking ? 'thinking' : 'text', text: event.text }]
      case 'whole':
        return event.part.kind === 'image' ? [pictureOf(event.part.media)] : []
      case 'stop':
        this.stop = event.reason
        return []
      case 'error':
        this.error = event.error
        return []
      case 'start':
      case 'signature':
      case 'close':
      case 'usage':
      case 'end':
        return []
    }
  }
}

/** What cannot be carried as a picture is at least named. */
function pictureOf(media: Media): PlaygroundEvent {
  if ('url' in media) return { type: 'text', text: `\n${media.url}\n` }
  const image = playgroundImage.safeParse(media)
  return image.success ? { type: 'image', image: image.data } : { type: 'text', text: `\n[${media.mime}]\n` }
}

/** The error that an answer of status 400 and above is. */
export function refusalOf(status: number, text: string): AnswerError {
  try {
    return errorOfAnswer(status, JSON.parse(text))
  } catch {
    return { status, code: 'UPSTREAM_ERROR', message: text.slice(0, 300) }
  }
}
