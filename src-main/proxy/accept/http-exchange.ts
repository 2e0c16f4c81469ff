/** One request and its answer over node:http. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../../pool/types.ts'
import { headerValue } from '../raw-headers.ts'
import type { Exchange, RawHeaders } from '../types.ts'
import { type BodyPace, HttpBody } from './http-body.ts'

export interface ExchangeLimits {
  pace: BodyPace
  /** How long a client may leave an answer unread. */
  writeStallMs: number
  /** How long the rest of a body is read and thrown away after the answer. */
  lingerMs: number
}

/** A body that is no longer wanted is read to its end when it is no longer than this, so that the connection lives on. */
const cheapToDiscard = 64 * 1024

export class HttpExchange implements Exchange {
  readonly method: string
  readonly target: string
  readonly rawHeaders: readonly string[]
  readonly httpVersion: string
  readonly peer: { address: string; port: number }
  readonly body: HttpBody
  readonly #response: ServerResponse
  readonly #clock: Clock
  readonly #limits: ExchangeLimits
  #goneController: AbortController | null = null
  #onGone: Set<() => void> | null = null
  #isGone = false
  #drains: (() => void)[] = []
  #stopStall: (() => void) | null = null
  #ended = false
  readonly #onLast: () => void

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    /** `onLast`: its answer says that it is the last one on the connection. */
    options: { clock: Clock; limits: ExchangeLimits; expects: boolean; onLast: () => void },
  ) {
    this.method = request.method ?? ''
    this.target = request.url ?? ''
    this.rawHeaders = request.rawHeaders
    this.httpVersion = request.httpVersion
    this.peer = { address: request.socket.remoteAddress ?? '', port: request.socket.remotePort ?? 0 }
    this.#response = response
    this.#clock = options.clock
    this.#limits = options.limits
    this.#onLast = options.onLast
    // A client that asked first is told to go on only when somebody wants its body.
    const onStart = () => options.expects && !response.headersSent && response.writeContinue()
    this.body = new HttpBody(request, options.clock, options.limits.pace, () => void onStart())
    response.on('error', () => this.lost())
  }

  get isGone(): boolean {
    return this.#isGone
  }

  get gone(): AbortSignal {
    if (this.#goneController === null) {
      this.#goneController = new AbortController()
      if (this.#isGone) this.#goneController.abort(left())
    }
    return this.#goneController.signal
  }

  onGone(run: () => void): () => void {
    const waiting = (this.#onGone ??= new Set())
    waiting.add(run)
    return () => waiting.delete(run)
  }

  head(status: number, headers: RawHeaders): void {
    // The rest of a long body is not waited for, so nothing can follow it on this connection.
    const tooLong = !this.body.complete && !this.#cheapToDiscard() && !this.#isGone
    if (tooLong || headerValue(headers, 'connection') === 'close') this.#onLast()
    this.#response.writeHead(status, tooLong ? [...headers, 'connection', 'close'] : headers)
    // On the next tick: an answer that comes in one piece then also leaves in one.
    process.nextTick(() => !this.#ended && this.#response.flushHeaders())
  }

  write(chunk: Uint8Array): boolean {
    if (this.#isGone) return true
    // Copied: the chunk is the caller's again when this returns, and Node may keep it for longer.
    if (this.#response.write(Buffer.from(chunk))) return true
    this.#watchStall()
    return false
  }

  drained(): Promise<void> {
    if (this.#isGone || !this.#response.writableNeedDrain) return Promise.resolve()
    return new Promise((resolve) => this.#drains.push(resolve))
  }

  end(): void {
    if (this.#ended) return
    this.#ended = true
    if (this.#response.req.complete) {
      this.#response.end()
      return
    }
    // Closing on unread bytes resets the connection, and the answer may be lost with it.
    this.#response.flushHeaders()
    this.body.discard()
    // The response lets go of its socket when it ends.
    const { socket } = this.#response.req
    const cancel = this.#clock.after(this.#limits.lingerMs, () => this.#response.end(() => socket.destroy()))
    this.#response.req.once('close', cancel).once('end', () => {
      cancel()
      this.#response.end()
    })
  }

  abort(last?: Uint8Array): void {
    // To HTTP/1.0 a plain close would be the proper end of the answer, and only a reset at once is none; to HTTP/1.1 the missing
    // rest says enough.
    if (this.httpVersion === '1.0' || last === undefined || last.byteLength === 0 || this.#isGone) {
      this.#cut(this.httpVersion === '1.0')
      return
    }
    // Behind what the client has not read yet; one that never reads it is cut as any that does not.
    if (!this.#response.write(Buffer.from(last), () => this.#cut(false))) this.#watchStall()
  }

  /** The connection is no more. */
  lost(): void {
    this.#stopStall?.()
    if (!this.#response.writableFinished && !this.#isGone) this.#leave()
    this.body.fail('CLIENT_GONE')
    this.#drained()
  }

  #leave(): void {
    this.#isGone = true
    this.#goneController?.abort(left())
    for (const run of this.#onGone ?? []) run()
  }

  #cut(reset: boolean): void {
    const { socket } = this.#response.req
    if (reset) socket.resetAndDestroy()
    else socket.destroy()
    this.lost()
  }

  #cheapToDiscard(): boolean {
    return this.body.length !== null && this.body.length <= cheapToDiscard
  }

  #drained(): void {
    this.#stopStall?.()
    this.#stopStall = null
    const waiting = this.#drains
    this.#drains = []
    for (const resolve of waiting) resolve()
  }

  /** An answer could not be written at once. */
  #watchStall(): void {
    if (this.#response.listenerCount('drain') === 0) this.#response.on('drain', () => this.#drained())
    this.#stopStall ??= this.#clock.after(this.#limits.writeStallMs, () => {
      this.#stopStall = null
      // Behind another answer on the same connection: not this client's turn to read it yet.
      if (this.#response.socket === null) this.#watchStall()
      // Reset, or the kernel would go on holding what the client does not read.
      else this.#cut(true)
    })
  }
}

function left(): Error {
  return new Error('the client has gone')
}
