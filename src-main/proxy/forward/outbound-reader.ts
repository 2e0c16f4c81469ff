/** Reads a socket by counts of bytes and leaves it as it was for whoever comes next. */
import type { Socket } from 'node:net'

export class ByteReader {
  readonly #socket: Socket
  readonly #closed: () => Error
  #held = Buffer.alloc(0)
  #over: Error | null = null
  #wake: () => void = () => {}

  /** `closed` makes the error for a socket that ends too early; one that breaks gives its own. */
  constructor(socket: Socket, closed: () => Error) {
    this.#socket = socket
    this.#closed = closed
    socket.on('data', this.#onData).on('error', this.#onError).on('end', this.#onEnd).on('close', this.#onEnd)
  }

  async take(length: number): Promise<Buffer> {
    while (this.#held.length < length) {
      if (this.#over !== null) throw this.#over
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    const bytes = this.#held.subarray(0, length)
    this.#held = this.#held.subarray(length)
    return bytes
  }

  /** Stops reading; what was read too far is put back. */
  release(): void {
    this.#socket.off('data', this.#onData).off('error', this.#onError).off('end', this.#onEnd).off('close', this.#onEnd)
    this.#socket.pause()
    if (this.#held.length > 0) this.#socket.unshift(this.#held)
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#held = Buffer.concat([this.#held, chunk])
    this.#wake()
  }

  readonly #onError = (error: Error): void => {
    this.#over ??= error
    this.#wake()
  }

  readonly #onEnd = (): void => {
    this.#over ??= this.#closed()
    this.#wake()
  }
}
