/** A request's body: read once from the client, sent as often as there are attempts, within bounds. */
import type { BodyReader } from './types.ts'

/** Memory shared by all replay buffers. */
export interface ReplayBudget {
  take(bytes: number): boolean
  give(bytes: number): void
}

/** A budget of so many bytes for all requests together. */
export function createReplayBudget(totalBytes: number): ReplayBudget {
  let left = totalBytes
  return {
    take(bytes) {
      if (bytes > left) return false
      left -= bytes
      return true
    },
    give(bytes) {
      left += bytes
    },
  }
}

/** Somebody who waits until as much of the body is here as they need; once it is, it stays so. */
interface Waiter {
  done(): boolean
  resolve(): void
}

type Sink = Parameters<BodyReader['start']>[0]

/** Keeps what has been read so far while it fits, and hands it on to whoever is sending. */
export class ReplayBody {
  readonly #reader: BodyReader
  readonly #budget: ReplayBudget
  readonly #maxBytes: number
  #chunks: Uint8Array[] = []
  #kept = 0
  #bytes = 0
  #started = false
  #ended = false
  #failure: string | null = null
  #overflowed = false
  #released = false
  #live: Sink | null = null
  #waiters: Waiter[] = []

  constructor(reader: BodyReader, budget: ReplayBudget, maxBytes: number) {
    this.#reader = reader
    this.#budget = budget
    this.#maxBytes = maxBytes
    this.#ended = reader.length === 0
  }

  /** Bytes read from the client so far. */
  get bytes(): number {
    return this.#bytes
  }

  /** Why the body could not be read to its end, e.g. the client was too slow; null while all is well. */
  get failure(): string | null {
    return this.#failure
  }

  /** Content-Length of what `open` gives; null = chunked. */
  get length(): number | null {
    return this.#ended && !this.#overflowed ? this.#kept : this.#reader.length
  }

  /** Reads until the end or until there is more than `limit`. Gives the whole body, or null when there is more or it broke. */
  async gather(limit: number): Promise<Uint8Array | null> {
    if (this.#reader.length !== null && this.#reader.length > limit) return null
    await this.#readUntil(() => this.#kept > limit)
    return this.#ended && !this.#overflowed && this.#kept <= limit ? this.#whole() : null
  }

  /** What an attempt sends: all of it when it is here, or what is here and then the rest as it comes. */
  open(): Uint8Array | BodyReader | null {
    if (this.#ended && !this.#overflowed) return this.#kept === 0 ? null : this.#whole()
    return {
      length: this.#reader.length,
      start: (sink) => this.#attach(sink),
      pause: () => this.#reader.pause(),
      resume: () => this.#reader.resume(),
    }
  }

  /** True when another attempt can send the same bytes; waits until the client has sent them all. */
  async rewind(): Promise<boolean> {
    this.#live = null
    if (!this.#started || this.#overflowed) return !this.#overflowed
    await this.#readUntil(() => this.#overflowed)
    return this.#ended && !this.#overflowed
  }

  /** Gives the memory back. */
  release(): void {
    this.#released = true
    this.#live = null
    this.#drop()
    this.#wake()
  }

  async #readUntil(enough: () => boolean): Promise<void> {
    const done = () => this.#released || this.#ended || this.#failure !== null || this.#overflowed || enough()
    if (!this.#started && !done()) this.#start()
    else if (!done()) this.#reader.resume()
    if (!done()) await new Promise<void>((resolve) => this.#waiters.push({ done, resolve }))
    if (!this.#ended && this.#failure === null) this.#reader.pause()
  }

  #attach(sink: Sink): void {
    this.#live = sink
    for (const chunk of this.#chunks) sink.data(chunk)
    if (this.#overflowed) this.#drop()
    if (this.#failure !== null) sink.fail(this.#failure)
    else if (this.#ended) sink.end()
    else if (this.#started) this.#reader.resume()
    else this.#start()
  }

  #start(): void {
    this.#started = true
    this.#reader.start({
      data: (chunk) => {
        this.#bytes += chunk.byteLength
        this.#keep(chunk)
        this.#live?.data(chunk)
        this.#wake()
      },
      end: () => {
        this.#ended = true
        this.#live?.end()
        this.#wake()
      },
      fail: (code) => {
        this.#failure = code
        this.#live?.fail(code)
        this.#wake()
      },
    })
  }

  #keep(chunk: Uint8Array): void {
    if (this.#released) return
    if (!this.#overflowed && this.#kept + chunk.byteLength <= this.#maxBytes && this.#budget.take(chunk.byteLength)) {
      this.#chunks.push(Buffer.from(chunk))
      this.#kept += chunk.byteLength
      return
    }
    this.#overflowed = true
    if (this.#live !== null) {
      this.#drop()
      return
    }
    // Nobody has been given these yet: they must still be sent once.
    this.#chunks.push(Buffer.from(chunk))
    this.#reader.pause()
  }

  #whole(): Uint8Array {
    if (this.#chunks.length !== 1) this.#chunks = [Buffer.concat(this.#chunks)]
    return this.#chunks[0] as Uint8Array
  }

  #drop(): void {
    this.#budget.give(this.#kept)
    this.#chunks = []
    this.#kept = 0
  }

  #wake(): void {
    if (this.#waiters.length === 0) return
    const waiting = this.#waiters
    this.#waiters = waiting.filter((waiter) => !waiter.done())
    for (const waiter of waiting) if (waiter.done()) waiter.resolve()
  }
}
