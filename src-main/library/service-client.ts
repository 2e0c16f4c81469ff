/** A client whose calls an apipool-server makes, with keys that stay there. */
import type { ApipoolClient } from '../remote/client/index.ts'
import { ApiKey } from './api-key.ts'
import { chain } from './chain.ts'
import { asked, ServiceError } from './service-error.ts'

/** As httpx takes it. */
export interface ServiceCallOptions {
  params?: Readonly<Record<string, unknown>>
  json?: unknown
  /** Form fields. */
  data?: Readonly<Record<string, unknown>>
  content?: string
  headers?: Readonly<Record<string, string>>
  /** Seconds. */
  timeout?: number
  readonly [name: string]: unknown
}

/** The upstream's answer, whatever its status. */
export interface ServiceResponse {
  readonly _type: string
  readonly status_code: number
  readonly headers?: Readonly<Record<string, string>>
  /** JSON; null = the answer was empty. */
  readonly data?: unknown
  /** Of an answer that is no JSON, as far as the server gives it. */
  readonly text?: string | null
}

type Verb = (url: string, options?: ServiceCallOptions) => Promise<ServiceResponse>

/** Urls are relative to the pool's own address. Other paths than these are asked for as they are (`manager.call('a.b', …)`). */
export interface ServiceClient {
  get: Verb
  post: Verb
  put: Verb
  patch: Verb
  delete: Verb
  head: Verb
  options: Verb
  request: (method: string, url: string, options?: ServiceCallOptions) => Promise<ServiceResponse>
}

/** The one key of a manager whose keys are at a server. */
export class ServiceKey extends ApiKey<ServiceClient> {
  readonly primaryKey: string
  readonly #client: ApipoolClient
  readonly #pool: string

  constructor(client: ApipoolClient, pool: string) {
    super()
    this.primaryKey = `service-proxy:${pool}`
    this.#client = client
    this.#pool = pool
  }

  createClient(): ServiceClient {
    return chain('service', (path, args) => this.#invoke(path, args)) as unknown as ServiceClient
  }

  async testUsability(): Promise<boolean> {
    const { success } = await asked(this.#client.status(this.#pool))
    return success
  }

  async #invoke(attrPath: readonly string[], given: readonly unknown[]): Promise<unknown> {
    const last = given.at(-1)
    const kwargs = isPlain(last) ? last : {}
    const args = isPlain(last) ? given.slice(0, -1) : given
    // The manager's own time-out is for the whole call.
    const invoked = await asked(this.#client.invoke(this.#pool, { attrPath, args, kwargs }, { timeoutMs: longestCallMs }))
    if (invoked.success) return invoked.data
    throw new ServiceError('SERVICE_CALL_FAILED', `Proxy call failed: ${invoked.error}`)
  }
}

const longestCallMs = 600_000

/** Named arguments come last, as one object. */
function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const proto: unknown = Object.getPrototypeOf(value)
  return proto === Object.prototype || proto === null
}
