/** One request and its answer. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { deliver } from './deliver.ts'
import { presentedKey } from './question.ts'
import type { Quotas } from './quota.ts'
import { modelOf, replyTo, tokensOf } from './reply.ts'
import type { Behaviour, KeyPlace, ReceivedRequest, Standing } from './types.ts'

/** More than any SDK sends; the demo's server takes calls from anybody on this machine. */
const bodyMax = 64 * 1024 * 1024

class Received implements ReceivedRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly key: string | null
  readonly chunks: Buffer[] = []
  complete = false
  finished = false
  aborted = false

  constructor(request: IncomingMessage, key: string | null) {
    this.method = request.method ?? 'GET'
    this.url = request.url ?? '/'
    this.headers = flat(request)
    this.key = key
  }

  get bytes(): Buffer {
    return Buffer.concat(this.chunks)
  }

  get body(): string {
    return this.bytes.toString('utf8')
  }
}

/** One request and its answer. */
export class Exchange {
  readonly gone = new AbortController()
  readonly received: Received
  private readonly request: IncomingMessage
  private readonly response: ServerResponse
  private readonly number: number
  private readonly url: URL

  constructor(request: IncomingMessage, response: ServerResponse, number: number, place?: KeyPlace) {
    this.request = request
    this.response = response
    this.number = number
    this.url = URL.parse(`http://upstream${request.url}`) ?? new URL('http://upstream/')
    this.received = new Received(request, presentedKey(request.headers, this.url.searchParams, place))
    response.once('close', () => {
      this.received.finished = response.writableFinished
      this.received.aborted = !response.writableFinished && !this.cutByUs
      this.gone.abort()
    })
  }

  private cutByUs = false

  async run(next: (key: string | null, method: string) => Behaviour, quotas: Quotas, friendly: boolean): Promise<void> {
    await this.readBody()
    const behaviour: Behaviour = next(this.received.key, this.received.method)
    this.cutByUs = cuts(behaviour)
    const { request, received, url, number } = this
    const standing = this.standing(behaviour, quotas)
    const reply = replyTo({ request, received, url, number, standing }, behaviour, friendly)
    await deliver({ response: this.response, behaviour, reply, gone: this.gone.signal })
  }

  /** Only what asks for an answer counts: lists of models do not. */
  private standing(behaviour: Behaviour, quotas: Quotas): Standing | null {
    const { method, key, body } = this.received
    if (behaviour.kind !== 'limited' || method === 'GET' || key === null) return null
    return quotas.take(behaviour, { key, model: modelOf(body, this.url.pathname), tokens: tokensOf(body) }, Date.now())
  }

  private async readBody(): Promise<void> {
    let length = 0
    for await (const chunk of this.request) {
      length += (chunk as Buffer).length
      if (length > bodyMax) throw new Error('the body is larger than 64 MiB')
      this.received.chunks.push(chunk as Buffer)
    }
    this.received.complete = true
  }

  /** The caller that left is no failure; anything else is a mistake in here, and said so where it can be seen. */
  fail(error: unknown): void {
    if (this.gone.signal.aborted || this.response.headersSent) {
      this.response.destroy()
      return
    }
    this.response.writeHead(500, { 'content-type': 'text/plain' }).end(`the scripted upstream failed: ${String(error)}`)
  }
}

function cuts(behaviour: Behaviour): boolean {
  return behaviour.kind === 'cut-stream' || behaviour.kind === 'cut-body' || behaviour.kind === 'reset'
}

function flat(request: IncomingMessage): Record<string, string> {
  const pairs = Object.entries(request.headersDistinct)
  return Object.fromEntries(pairs.map(([name, values]) => [name, (values ?? []).join(', ')]))
}
