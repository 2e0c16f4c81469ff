/** The client of a key from an apipool-server, for programs that give none of their own: HTTP with the key as bearer token. */

import { retryAfterMs } from '../providers/retry-hint.ts'
import { ApiKey } from './api-key.ts'
import { PoolError } from './errors.ts'
import type { ServiceCallOptions, ServiceClient, ServiceResponse } from './service-client.ts'
import { ServiceError } from './service-error.ts'

/** A key as the server lists it. */
export interface ServiceRawKey {
  /** Its name there; not secret. */
  readonly identifier: string
  readonly rawKey: string
  readonly alias: string | null
  readonly tags: readonly string[]
}

interface HttpOptions {
  baseUrl: string | undefined
  fetch: typeof globalThis.fetch
}

/** Answers are as those of `connect`; a 429 is thrown, so that the key cools down and another one is taken. */
export class HttpKey extends ApiKey<ServiceClient> {
  readonly primaryKey: string
  readonly #rawKey: string
  readonly #options: HttpOptions

  constructor({ identifier, rawKey }: ServiceRawKey, options: HttpOptions) {
    super()
    this.primaryKey = identifier
    this.#rawKey = rawKey
    this.#options = options
  }

  createClient(): ServiceClient {
    const verb = (method: string) => (url: string, options?: ServiceCallOptions) => this.#send(method, url, options)
    return {
      get: verb('GET'),
      post: verb('POST'),
      put: verb('PUT'),
      patch: verb('PATCH'),
      delete: verb('DELETE'),
      head: verb('HEAD'),
      options: verb('OPTIONS'),
      request: (method, url, options) => this.#send(method.toUpperCase(), url, options),
    }
  }

  /** There is no call that every API has; a key is taken to work until an answer says otherwise. */
  testUsability(): boolean {
    return true
  }

  async #send(method: string, target: string, given: ServiceCallOptions = {}): Promise<ServiceResponse> {
    const { params = {}, json, data, content, headers, timeout } = given
    const url = placeOf(target, this.#options.baseUrl)
    for (const [name, value] of Object.entries(params)) {
      for (const one of Array.isArray(value) ? value : [value]) url.searchParams.append(name, String(one))
    }
    const sent = new Headers(headers)
    sent.set('authorization', `Bearer ${this.#rawKey}`)
    if (json !== undefined && !sent.has('content-type')) sent.set('content-type', 'application/json')
    const body = json === undefined ? (content ?? formOf(data)) : JSON.stringify(json)
    const answer = await this.#options.fetch(url, {
      method,
      headers: sent,
      redirect: 'manual',
      ...(body === undefined ? {} : { body }),
      ...(timeout === undefined ? {} : { signal: AbortSignal.timeout(timeout * 1000) }),
    })
    if (answer.status === 429) throw await limited(answer)
    return responseOf(answer)
  }
}

/** INVALID_ARGUMENT for a relative address where nobody has said what it is relative to. */
function placeOf(target: string, baseUrl: string | undefined): URL {
  if (URL.canParse(target)) return new URL(target)
  if (baseUrl !== undefined && URL.canParse(baseUrl)) {
    return new URL(`${baseUrl.replace(/\/+$/, '')}/${target.replace(/^\/+/, '')}`)
  }
  throw new PoolError('INVALID_ARGUMENT', 'baseUrl: say where the calls of these keys go.', { field: 'baseUrl' })
}

function formOf(data: ServiceCallOptions['data']): URLSearchParams | undefined {
  if (data === undefined) return undefined
  return new URLSearchParams(Object.entries(data).map(([name, value]): [string, string] => [name, String(value)]))
}

async function limited(answer: Response): Promise<ServiceError> {
  await answer.body?.cancel()
  const waitMs = retryAfterMs((name) => answer.headers.get(name) ?? undefined, Date.now())
  return new ServiceError('SERVICE_CALL_FAILED', 'The upstream answered 429.', 429, waitMs === undefined ? null : waitMs / 1000)
}

async function responseOf(answer: Response): Promise<ServiceResponse> {
  const text = await answer.text()
  const head = { _type: 'httpx.Response', status_code: answer.status, headers: Object.fromEntries(answer.headers) }
  if (text === '') return { ...head, data: null }
  try {
    return { ...head, data: JSON.parse(text) as unknown }
  } catch {
    return { ...head, text }
  }
}
