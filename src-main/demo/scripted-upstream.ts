/** An upstream that speaks OpenAI, Anthropic and Gemini on loopback and misbehaves when told: the tests' other side, and the demo pool's. */
import { createServer, type Server } from 'node:http'
import { Exchange } from './exchange.ts'
import { createDemoRules, createPlaybook } from './playbook.ts'
import { createQuotas } from './quota.ts'
import type { Behaviour, KeyPlace, ReceivedRequest } from './types.ts'

interface ScriptedUpstreamOptions {
  /** 0 (the default) = any free port. */
  port?: number
  /** The demo pool's manners: keys start with `demo-`, the prompt is echoed kindly, one key is now and then limited. */
  friendly?: boolean
  /** Says what each request on a key gets, in place of `script`; null = a request without one. `method` tells calls from questions such as for models. */
  rule?: (key: string | null, method: string) => Behaviour
  /** Where keys are, when it is somewhere that none of the APIs puts them. */
  place?: KeyPlace
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
 * ids and usage; limits are announced where a behaviour keeps them. `/echo/…` gives back the request as JSON. Without a credential: 401, except under `/echo`.
 * Usage is counted, not random: a token per four characters of prompt and per word of answer.
 *
 * @throws the system's own error when the port is taken.
 */
export async function startScriptedUpstream(options: ScriptedUpstreamOptions = {}): Promise<ScriptedUpstream> {
  const playbook = createPlaybook()
  const quotas = createQuotas()
  const friendly = options.friendly === true
  const next = options.rule ?? (friendly ? createDemoRules() : playbook).next
  const keep = options.keep ?? (friendly ? 0 : 10_000)
  const requests: ReceivedRequest[] = []
  let number = 0

  const server = createServer((request, response) => {
    const exchange = new Exchange(request, response, ++number, options.place)
    if (keep > 0 && requests.push(exchange.received) > keep) requests.shift()
    exchange.run(next, quotas, friendly).catch((error: unknown) => exchange.fail(error))
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
