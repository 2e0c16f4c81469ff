/** The data of server-sent events, out of whatever pieces the bytes come in. */
import { createParser } from 'eventsource-parser'

/** Characters that one event may have: pictures come whole, as base64. Beyond it the stream counts as broken. */
const eventMax = 32 * 1024 * 1024

interface SseData {
  push(chunk: Uint8Array): void
  /** The stream has ended. An event whose last blank line is missing counts as whole. */
  end(): void
}

/** `onData` is called with each event's data, whatever the event's name; `onTooLong` once, after which nothing more is read. */
export function sseData(onData: (data: string) => void, onTooLong: () => void): SseData {
  const decoder = new TextDecoder()
  let deaf = false
  const parser = createParser({
    maxBufferSize: eventMax,
    onEvent: ({ data }) => onData(data),
    onError({ type }) {
      if (type !== 'max-buffer-size-exceeded') return
      deaf = true
      onTooLong()
    },
  })

  function feed(text: string): void {
    if (!deaf) parser.feed(text)
  }

  return {
    push(chunk) {
      feed(decoder.decode(chunk, { stream: true }))
    },
    end() {
      feed(`${decoder.decode()}\n\n`)
    },
  }
}
