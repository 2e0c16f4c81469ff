/** An upstream that speaks OpenAI, Anthropic and Gemini on loopback and misbehaves when told: the tests' other side, and the demo pool's. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { anthropic } from './anthropic.ts'
import { deliver } from './deliver.ts'
import { gemini } from './gemini.ts'
import { openai } from './openai.ts'
import { createDemoRules, createPlaybook } from './playbook.ts'
import { countedUsage, dialectOf, lastPrompt, presentedKey, promptOf } from './question.ts'
import type { Behaviour, Content, Dialect, DialectName, Fault, Question, ReceivedRequest, Reply } from './types.ts'

const dialects: Record<DialectName, Dialect> = { openai, anthropic, gemini }

interface ScriptedUpstreamOptions {
  /** 0 (the default) = any free port. */
  port?: number
  /** The demo pool's manners: keys start with `demo-`, the prompt is echoed kindly, one key is now and then limited. */
  friendly?: boolean
  /** How many requests are remembered, the newest; 10,000 by default, none when friendly. */
  keep?: number
}

export interface ScriptedUpstream {
  /** `http://127.0.0.1:PORT`. OpenAI clients append `/v1` to it, the others nothing. */
  readonly url: string
  readonly port: number
  /** Every request, oldest first. */
  readonly requests: readonly ReceivedRequest[]
  /** Behaviours for a key, or with '*' for all keys that have no own; one per request, the last one stays. Replaces earlier ones. */
  script(key: string, behaviours: Behaviour | readonly Behaviour[]): void
  /** Cuts what is open and stops listening. */
  close(): Promise<void>
}

/**
 * Starts the upstream on 127.0.0.1.
 *
 * OpenAI: `/v1/chat/completions`, `/v1/responses`, `/v1/embeddings`, `/v1/models`. Anthropic: `/v1/messages`,
 * `/v1/messages/count_tokens`, `/v1/models` (told apart by `x-api-key` or `anthropic-version`). Gemini, under `/v1` (with its
 * credential) and `/v1beta`: `/v1beta/models` and
 * `/v1beta/models/{m}:generateContent`, `:streamGenerateContent` (with `alt=sse`, or as a JSON array). Plain and streaming, with
 * ids, usage and rate headers. `/echo/…` gives back the request as JSON. Without a credential: 401, except under `/echo`.
 * Usage is counted, not random: a token per four characters of prompt and per word of answer.
 *
 * @throws the system's own error when the port is taken.
 */
export async function startScriptedUpstream(options: ScriptedUpstreamOptions = {}): Promise<ScriptedUpstream> {
  const playbook = createPlaybook()
  const friendly = options.friendly === true
  const next = (friendly ? createDemoRules() : playbook).next
  const keep = options.keep ?? (friendly ? 0 : 10_000)
  const requests: ReceivedRequest[] = []
  let number = 0

  const server = createServer((request, response) => {
    const exchange = new Exchange(request, response, ++number)
    if (keep > 0 && requests.push(exchange.received) > keep) requests.shift()
    exchange.run(next, friendly).catch((error: unknown) => exchange.fail(error))
  })
  await listen(server, options.port ?? 0)
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the upstream has no TCP address')
  return {
    url: `http://127.0.0.1:${address.port}`,
    port: address.port,
    requests,
    script(key, behaviours) {
      playbook.set(key, Array.isArray(behaviours) ? behaviours : [behaviours as Behaviour])
    },
    close: () => close(server),
  }
}

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
class Exchange {
  readonly gone = new AbortController()
  readonly received: Received
  private readonly request: IncomingMessage
  private readonly response: ServerResponse
  private readonly number: number
  private readonly url: URL

  constructor(request: IncomingMessage, response: ServerResponse, number: number) {
    this.request = request
    this.response = response
    this.number = number
    this.url = new URL(request.url ?? '/', 'http://upstream')
    this.received = new Received(request, presentedKey(request.headers, this.url.searchParams))
    response.once('close', () => {
      this.received.finished = response.writableFinished
      this.received.aborted = !response.writableFinished && !this.cutByUs
      this.gone.abort()
    })
  }

  private cutByUs = false

  async run(next: (key: string | null) => Behaviour, friendly: boolean): Promise<void> {
    await this.readBody()
    const behaviour: Behaviour = next(this.received.key)
    this.cutByUs = cuts(behaviour)
    const reply = this.reply(behaviour, friendly)
    await deliver({ response: this.response, behaviour, reply, gone: this.gone.signal })
  }

  private async readBody(): Promise<void> {
    for await (const chunk of this.request) this.received.chunks.push(chunk as Buffer)
    this.received.complete = true
  }

  /** The caller that left is no failure; anything else is a mistake in here, and said so where it can be seen. */
  fail(error: unknown): void {
    if (this.gone.signal.aborted || this.request.destroyed || this.response.headersSent) {
      this.response.destroy()
      return
    }
    this.response.writeHead(500, { 'content-type': 'text/plain' }).end(`the scripted upstream failed: ${String(error)}`)
  }

  private reply(behaviour: Behaviour, friendly: boolean): Reply {
    const { pathname: path, searchParams: query } = this.url
    const body = parsed(this.received.body)
    const question: Question = { method: this.received.method, path, query, body, number: this.number }
    const dialect = dialects[dialectOf(path, this.request.headers, query)]
    const fault = faultOf(behaviour)
    if (fault !== null) return dialect.failure(fault, question, hintOf(behaviour))
    if (behaviour.kind === 'error-as-first-event') return dialect.brokenStream(question)
    if (behaviour.kind === 'error-in-200') return { ...dialect.failure('server-error', question, null), status: 200 }
    if (path === '/echo' || path.startsWith('/echo/')) return echo(this.received, path, query)
    if (this.received.key === null) return dialect.failure('key-invalid', question, null)
    return dialect.answer(question, contentFor(body, behaviour, friendly)) ?? dialect.failure('not-found', question, null)
  }
}

function contentFor(body: unknown, behaviour: Behaviour, friendly: boolean): Content {
  const text =
    (behaviour.kind === 'ok' && behaviour.text) || (friendly ? kindEcho(lastPrompt(body)) : 'Hello from the scripted upstream.')
  const counted = countedUsage(promptOf(body), text)
  return { text, usage: behaviour.kind === 'ok' ? { ...counted, ...behaviour.usage } : counted }
}

function kindEcho(prompt: string): string {
  const heard = prompt.length > 200 ? `${prompt.slice(0, 200)}…` : prompt
  return `This is the demo pool: no model was asked and nothing was spent. You wrote: “${heard}”`
}

function echo(received: ReceivedRequest, path: string, query: URLSearchParams): Reply {
  const { method, headers, body } = received
  const echoed = { method, path, query: Object.fromEntries(query), headers, body }
  return { kind: 'json', status: 200, headers: {}, body: echoed }
}

const faults: readonly string[] = [
  'rate-short',
  'rate-daily',
  'no-credit',
  'key-invalid',
  'model-missing',
  'bad-request',
  'overloaded',
  'server-error',
] satisfies Fault[]

/** The failure that a behaviour stands for; null = it is none that has a shape of its own. */
function faultOf(behaviour: Behaviour): Fault | null {
  return faults.includes(behaviour.kind) ? (behaviour.kind as Fault) : null
}

function hintOf(behaviour: Behaviour): number | null {
  return behaviour.kind === 'rate-short' && behaviour.retryAfterS !== undefined ? behaviour.retryAfterS : 1
}

function cuts(behaviour: Behaviour): boolean {
  return behaviour.kind === 'cut-stream' || behaviour.kind === 'cut-body' || behaviour.kind === 'reset'
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function flat(request: IncomingMessage): Record<string, string> {
  const pairs = Object.entries(request.headersDistinct)
  return Object.fromEntries(pairs.map(([name, values]) => [name, (values ?? []).join(', ')]))
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((ready, failed) => {
    server.once('error', failed)
    server.listen(port, '127.0.0.1', () => {
      server.off('error', failed)
      ready()
    })
  })
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((done) => {
    server.close(() => done())
  })
  server.closeAllConnections()
  await closed
}
