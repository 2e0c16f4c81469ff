/** Sends attempts with undici: raw headers in and out, one keep-alive pool per origin, no redirects, no decoding. */
import { Readable } from 'node:stream'
import type { Agent, Dispatcher } from 'undici'
import type { AttemptSink, BodyReader, FailStage, Forwarder, RawHeaders, RunningAttempt, UpstreamAttempt } from '../types.ts'
import type { ConnectGuard } from './guarded-connect.ts'
import { OutboundError } from './outbound-failure.ts'
import { QueueWatch, type Waiting } from './queue-watch.ts'
import { createUpstreamAgents } from './upstream-agents.ts'

/** A forwarder with its own connections. `close` cuts what is still under way. */
export function createUndiciForwarder(guard: ConnectGuard = {}): Forwarder {
  const agents = createUpstreamAgents(guard)
  const queue = new QueueWatch()
  return {
    send(attempt, sink) {
      const run = new UndiciRun(attempt, sink, queue)
      run.start(agents.agentFor(attempt.limits.connectMs, attempt.way))
      return run
    },
    close: () => agents.close(),
  }
}

class UndiciRun implements RunningAttempt, Dispatcher.DispatchHandler, Waiting {
  prev: Waiting | null = null
  next: Waiting | null = null
  due = 0
  readonly #attempt: UpstreamAttempt
  readonly #sink: AttemptSink
  readonly #queue: QueueWatch
  readonly #body: Readable | Uint8Array | null
  #controller: Dispatcher.DispatchController | null = null
  #stage: FailStage = 'connect'
  #bytesSent = 0
  #code: string | null = null
  #over = false
  #waiting = true
  #totalTimer: NodeJS.Timeout | null = null

  constructor(attempt: UpstreamAttempt, sink: AttemptSink, queue: QueueWatch) {
    this.#attempt = attempt
    this.#sink = sink
    this.#queue = queue
    const { body } = attempt
    this.#body = body === null || body instanceof Uint8Array ? body : readable(body)
  }

  start(agent: Agent): void {
    const { origin, method, path, headers, limits } = this.#attempt
    // Waiting for one of the sockets counts as waiting for the first byte.
    this.#queue.begin(this, limits.firstByteMs)
    if (limits.totalMs !== null) this.#totalTimer = setTimeout(() => this.#cut('UPSTREAM_TOTAL_TIMEOUT'), limits.totalMs).unref()
    const timeouts = { headersTimeout: limits.firstByteMs, bodyTimeout: limits.idleMs }
    try {
      agent.dispatch({ origin, method, path, headers, body: this.#body, ...timeouts }, this)
    } catch (error) {
      this.onResponseError(null, error as Error)
    }
  }

  abort(): void {
    this.#cut('ABORTED')
  }

  /** No socket in time. */
  cut(): void {
    this.#cut('UPSTREAM_QUEUE_TIMEOUT')
  }

  resume(): void {
    this.#controller?.resume()
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    this.#endWait()
    this.#stage = this.#body === null ? 'waiting' : 'sending'
    if (this.#code !== null) controller.abort(new Error(this.#code))
  }

  onBodySent(chunk: Buffer): void {
    this.#bytesSent += chunk.byteLength
  }

  onRequestSent(): void {
    if (this.#stage === 'sending') this.#stage = 'waiting'
    this.#sink.sent()
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    // 102 and 103 are hints for somebody else; the answer follows.
    if (this.#over || status < 200) return
    this.#stage = 'body'
    if (status > 599) this.#cut('UPSTREAM_BAD_STATUS')
    else this.#sink.head(status, rawHeaders(controller.rawHeaders))
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (!this.#over && !this.#sink.data(chunk)) controller.pause()
  }

  onResponseEnd(): void {
    if (this.#close()) this.#sink.end()
  }

  onResponseError(_controller: unknown, error: Error): void {
    const stage = this.#stage
    if (!this.#close()) return
    const code = this.#code ?? errorCode(error)
    // Never during the call that started the attempt.
    const message = error instanceof OutboundError ? error.message : code
    setImmediate(() => this.#sink.fail({ stage, bytesSent: this.#bytesSent, code, message }))
  }

  /** Ends the attempt from this side, at once when it is on a socket, else as soon as it would be. */
  #cut(code: string): void {
    if (this.#over || this.#code !== null) return
    this.#code = code
    const error = new Error(code)
    if (this.#controller === null) this.onResponseError(null, error)
    else this.#controller.abort(error)
  }

  #close(): boolean {
    if (this.#over) return false
    this.#over = true
    this.#endWait()
    if (this.#totalTimer !== null) clearTimeout(this.#totalTimer)
    if (this.#body instanceof Readable) this.#body.destroy()
    return true
  }

  #endWait(): void {
    if (!this.#waiting) return
    this.#waiting = false
    this.#queue.end(this)
  }
}

/** undici reads a body from a stream; the reader is started when it does. */
function readable(reader: BodyReader): Readable {
  let started = false
  const stream = new Readable({
    read() {
      if (started) reader.resume()
      else {
        started = true
        reader.start({
          // Copied: a chunk is the reader's again when this returns.
          data: (chunk) => void (stream.push(Buffer.from(chunk)) || reader.pause()),
          end: () => stream.push(null),
          fail: (code) => stream.destroy(Object.assign(new Error('the client did not finish its body'), { code })),
        })
      }
    },
  })
  return stream
}

/** HTTP/1.1 gives a list as it came, HTTP/2 an object whose names are lower-case already. */
function rawHeaders(raw: Dispatcher.DispatchController['rawHeaders']): RawHeaders {
  if (Array.isArray(raw)) return raw.map((part) => (typeof part === 'string' ? part : part.toString('latin1')))
  const values = (value: string | string[] | undefined) => (Array.isArray(value) ? value : [value ?? ''])
  return Object.entries(raw ?? {}).flatMap(([name, value]) => values(value).flatMap((one) => [name, one]))
}

/** Always a word: the code of an AbortError is the number 20. */
function errorCode(error: Error): string {
  const { code } = error as { code?: unknown }
  if (typeof code === 'string' && code !== '') return code
  return error instanceof AggregateError && error.errors[0] instanceof Error ? errorCode(error.errors[0]) : error.name
}
