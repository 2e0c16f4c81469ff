/** A price service behind real HTTP: keys in a header, quotas per key, and a client for it as an SDK would be. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { ApiKey } from '../../src-main/library/index.ts'

export interface FakeService {
  url: string
  /** Calls per key that were answered. */
  served: Map<string, number>
  /** Calls per key that were refused. */
  refused: Map<string, number>
  /** After `calls` more answers this key is refused with 429, and told to come back after `retryAfter` seconds. */
  limit(key: string, calls: number, retryAfter?: number): void
  /** Such keys are answered with 401. */
  revoked: Set<string>
}

const prices: Record<string, number> = { bitcoin: 97_000, ethereum: 3100, solana: 210 }

/** Listens on a free loopback port until the test ends. */
export async function startService(): Promise<FakeService> {
  const served = new Map<string, number>()
  const refused = new Map<string, number>()
  const revoked = new Set<string>()
  const limits = new Map<string, { left: number; retryAfter: number }>()
  const server = createServer((request, response) => {
    const key = String(request.headers['x-demo-api-key'])
    const send = (status: number, body: unknown, headers = {}) => {
      const counter = status === 200 ? served : refused
      counter.set(key, (counter.get(key) ?? 0) + 1)
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
    }
    const limit = limits.get(key)
    if (revoked.has(key)) return send(401, { error: 'invalid key' })
    if (limit && limit.left <= 0) return send(429, { error: 'quota' }, { 'retry-after': String(limit.retryAfter) })
    if (limit) limit.left -= 1
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://service')
    switch (pathname) {
      case '/ping':
        return send(200, { gecko_says: 'to the moon' })
      case '/simple/price': {
        const [id = ''] = searchParams.getAll('ids')
        const price = prices[id]
        return price === undefined ? send(404, { error: `no coin ${id}` }) : send(200, { [id]: { usd: price } })
      }
      case '/geocode':
        return send(200, { formatted_address: `${searchParams.get('address')}, USA` })
      case '/timeline':
        return send(200, ['one', 'two', 'three', 'four', 'five'])
      default:
        return send(200, { path: pathname, query: Object.fromEntries(searchParams) })
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    served,
    refused,
    revoked,
    limit: (key, calls, retryAfter = 60) => void limits.set(key, { left: calls, retryAfter }),
  }
}

/** What the SDK throws for any answer above 399. */
class ServiceError extends Error {
  override name = 'ServiceError'
  readonly status: number
  readonly headers: Headers

  constructor(status: number, headers: Headers) {
    super(`the service answered ${status}`)
    this.status = status
    this.headers = headers
  }
}

export class RateLimitError extends ServiceError {
  override name = 'RateLimitError'
}

/** An SDK with resources four levels deep. */
export class PriceClient {
  readonly #url: string
  readonly #key: string

  constructor(url: string, key: string) {
    this.#url = url
    this.#key = key
  }

  readonly coins = {
    simple: { price: { get: (query: { ids: string; vs_currencies?: string }) => this.#get('/simple/price', query) } },
    markets: (query: { vs_currency: string; per_page: number }) => this.#get('/coins/markets', query),
  }
  readonly simple = { price: { get: this.coins.simple.price.get } }

  ping(): Promise<unknown> {
    return this.#get('/ping')
  }

  someApiMethod(argument: string, options: { key?: string } = {}): Promise<unknown> {
    return this.#get('/some', { argument, ...options })
  }

  async geocode(address: string, options: { exactlyOne?: boolean } = {}): Promise<{ formatted_address: string }> {
    return (await this.#get('/geocode', { address, ...options })) as { formatted_address: string }
  }

  async getUserTimeline(query: { screenName: string }): Promise<string[]> {
    return (await this.#get('/timeline', query)) as string[]
  }

  async testConnection(): Promise<boolean> {
    await this.ping()
    return true
  }

  async #get(path: string, query: object = {}): Promise<unknown> {
    const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]))
    const response = await fetch(`${this.#url}${path}?${search}`, { headers: { 'x-demo-api-key': this.#key } })
    const body: unknown = await response.json()
    if (response.status === 429) throw new RateLimitError(429, response.headers)
    if (!response.ok) throw new ServiceError(response.status, response.headers)
    return body
  }
}

/** A key of that service, as the documentation's own example writes it. */
export class MyApiKey extends ApiKey<PriceClient> {
  readonly primaryKey: string
  readonly #url: string

  constructor(url: string, key: string) {
    super()
    this.#url = url
    this.primaryKey = key
  }

  createClient(): PriceClient {
    return new PriceClient(this.#url, this.primaryKey)
  }

  testUsability(client: PriceClient): Promise<boolean> {
    return client.testConnection()
  }
}
