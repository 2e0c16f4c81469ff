/** What becomes of an answer's bytes on their way to the client: as they are, without the usage nobody asked for, or in another format. */
import { streamErrorFor, usageFilter } from '../../gateway/index.ts'
import type { AnswerError, StreamTranslation, WireFormat } from '../../gateway/types.ts'
import type { Scrubber } from './scrub.ts'

export interface Passage {
  push(chunk: Uint8Array): Uint8Array
  /** The upstream has ended. */
  end(): Uint8Array
  /** It broke off: how the client's format says so in mid-stream; empty where it cannot. */
  fail(error: AnswerError): Uint8Array
}

const nothing = new Uint8Array(0)

/** Of an answer that is no stream of events: a cut says enough. */
export const untouched: Passage = { push: (chunk) => chunk, end: () => nothing, fail: () => nothing }

/** Events as they come; one that breaks off between two events ends with an error in its own format, unless there is none (null). */
export function eventPassage(format: WireFormat | null): Passage {
  const boundary = createBoundary()
  return {
    push(chunk) {
      boundary.saw(chunk)
      return chunk
    },
    end: () => nothing,
    fail: (error) => (format === null || !boundary.between ? nothing : streamErrorFor(format, error)),
  }
}

/** Takes the chunk out that only tells the usage. */
export function withoutUsage(format: WireFormat | null): Passage {
  const filter = usageFilter()
  return {
    push: (chunk) => filter.push(chunk),
    end: () => filter.end(),
    // What the filter still holds is the beginning of an event that never ends.
    fail: (error) => (format === null ? nothing : streamErrorFor(format, error)),
  }
}

/** Into the client's format. `scrubber` looks through what is written. */
export function translated(stream: StreamTranslation, scrubber: Scrubber): Passage {
  const last = (bytes: Uint8Array) => Buffer.concat([scrubber.push(bytes), scrubber.flush()])
  return {
    push: (chunk) => scrubber.push(stream.push(chunk)),
    end: () => last(stream.end()),
    fail: (error) => last(stream.fail(error)),
  }
}

/** Whether a stream stands between two events: in the midst of one, an error would become a part of it. */
function createBoundary(): { saw(chunk: Uint8Array): void; readonly between: boolean } {
  /** The last four bytes. */
  let tail = 0x0a0a
  return {
    saw(chunk) {
      for (let at = Math.max(0, chunk.length - 4); at < chunk.length; at++) tail = ((tail << 8) | (chunk[at] ?? 0)) >>> 0
    },
    get between() {
      return (tail & 0xffff) === 0x0a0a || tail === 0x0d0a0d0a || (tail & 0xffff) === 0x0d0d
    },
  }
}
