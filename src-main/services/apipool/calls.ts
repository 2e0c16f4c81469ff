/** Calls of the apipool protocol: each goes through this Keywheel's own proxy, so limits, rotation, accounting and Traffic hold. */
import { ApiProblem, type ApiUser, type CallDesk, type CallResult, type Invocation } from '../../remote/server/index.ts'
import type { PoolRow } from '../../storage/types.ts'
import type { Vault } from '../../vault/types.ts'
import type { Catalog } from '../catalog.ts'
import { hopHeader } from '../remotes/invocation.ts'
import { blanked, secretsOf } from './blanking.ts'
import { callWhole, type HttpAnswer } from './http.ts'
import type { Lending } from './lending.ts'
import { isUnset } from './pool-row.ts'
import { poolIdentifier, seenPool } from './rights.ts'

interface CallDeskDeps {
  catalog: Catalog
  vault: Pick<Vault, 'get' | 'damaged'>
  lending: Lending
  /** Null while the proxy is off; then nobody can ask either. */
  proxyUrl(): string | null
}

export function createCallDesk({ catalog, vault, lending, proxyUrl }: CallDeskDeps): CallDesk {
  const published = (user: ApiUser, identifier: string): PoolRow => {
    const pool = seenPool(user, identifier, catalog)
    if (pool.state === 'draft') throw new ApiProblem(404, `Pool '${identifier}' not found`)
    if (pool.state === 'retired') throw new ApiProblem(410, retired(pool, catalog))
    return pool
  }
  const callable = (user: ApiUser, identifier: string): PoolRow => {
    const pool = published(user, identifier)
    if (!catalog.liveKeysOf(pool.slug).some(({ enabled }) => enabled)) throw noKeys(identifier)
    return pool
  }
  return {
    assertPublished: (user, identifier) => void published(user, identifier),
    assertCallable: (user, identifier) => void callable(user, identifier),
    async call(user, identifier, invocation, gone) {
      const pool = callable(user, identifier)
      const base = proxyUrl()
      if (base === null) throw new ApiProblem(503, 'The proxy is off.')
      if (isUnset(pool))
        return failed('UnsupportedProtocol', `the pool '${identifier}' has no base URL yet; give pool_config.base_url`)
      const { token, giveBack } = lending.lend(user)
      try {
        const passedOn = catalog.links.get(pool.slug)?.mode === 'proxy'
        const call = passedOn ? invocation : withoutHops(invocation)
        const answer = await send(new URL(`${base}/${pool.slug}${call.target}`), token, call, gone)
        const result = resultOf(answer, identifier)
        if (result.kind === 'failed') return result
        const served = { catalog, vault, pool: pool.slug, label: answer.headers['x-keywheel-key'] }
        return { ...result, body: blanked(result.body, secretsOf(served)) }
      } catch (error) {
        return failureOf(error, gone)
      } finally {
        giveBack()
      }
    },
  }
}

/** Through how many servers a call came is for servers alone. */
function withoutHops(invocation: Invocation): Invocation {
  const headers = Object.entries(invocation.headers).filter(([name]) => name !== hopHeader)
  return { ...invocation, headers: Object.fromEntries(headers) }
}

function send(url: URL, token: string, { method, headers, body, timeoutMs }: Invocation, gone: AbortSignal): Promise<HttpAnswer> {
  const signal = timeoutMs === null ? gone : AbortSignal.any([gone, AbortSignal.timeout(timeoutMs)])
  return callWhole({ url, method, body, signal, headers: { accept: '*/*', ...headers, authorization: `Bearer ${token}` } })
}

/** Of this answer's way here, and of Keywheel. */
const notTheUpstreams =
  /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|x-keywheel-.*|cross-origin-resource-policy|content-security-policy|x-content-type-options)$/

function resultOf({ status, headers, body }: HttpAnswer, identifier: string): CallResult {
  const code = headers['x-keywheel-error']
  if (code !== undefined) return refusalOf(code, messageIn(body), identifier)
  const theirs = Object.entries(headers).filter(([name]) => !notTheUpstreams.test(name))
  return { kind: 'answer', status, headers: Object.fromEntries(theirs), body }
}

/** What Keywheel itself said, as a Python program would meet it. */
function refusalOf(code: string, message: string, identifier: string): CallResult {
  switch (code) {
    case 'POOL_NOT_FOUND':
      throw new ApiProblem(404, `Pool '${identifier}' not found`)
    case 'POOL_RETIRED':
      throw new ApiProblem(410, message)
    case 'VAULT_LOCKED':
      throw new ApiProblem(503, message, { 'retry-after': '5' })
    case 'NO_KEYS':
      throw noKeys(identifier)
    case 'NO_READY_KEY':
    case 'NO_USABLE_KEY':
    case 'LIMIT_SPENT':
    case 'LIMIT_IS_ZERO':
    case 'BUDGET_SPENT':
    case 'UPSTREAM_DOWN':
      return failed('PoolExhaustedError', message)
    case 'UPSTREAM_TIMEOUT':
    case 'OUTBOUND_TIMEOUT':
      return failed('ReadTimeout', message)
    case 'UPSTREAM_UNREACHABLE':
    case 'UPSTREAM_TLS':
      return failed('ConnectError', message)
    case 'BAD_TARGET':
      return failed('ValueError', message)
    default:
      return failed('HTTPError', `${message} (${code})`)
  }
}

function failureOf(error: unknown, gone: AbortSignal): CallResult {
  if (error instanceof ApiProblem) throw error
  if (!(error instanceof Error)) throw new Error('a call failed with something that is no error')
  if (gone.aborted) return failed('ClosedError', 'the caller has gone')
  if (error.name === 'TimeoutError') return failed('ReadTimeout', 'The read operation timed out')
  return failed('ReadError', error.message)
}

const failed = (type: string, message: string): CallResult => ({ kind: 'failed', error: `${type}: ${message}` })

const noKeys = (identifier: string) => new ApiProblem(503, `Pool '${identifier}' has no available keys`)

function retired(pool: PoolRow, catalog: Catalog): string {
  const next = pool.successor === null ? undefined : catalog.pools.get(pool.successor)
  const instead = next?.deletedAt === null ? `; '${poolIdentifier(next)}' takes its place` : ''
  return `Pool '${poolIdentifier(pool)}' is retired${instead}`
}

function messageIn(body: Uint8Array): string {
  try {
    const { error } = JSON.parse(new TextDecoder().decode(body)) as { error?: { message?: unknown } }
    return typeof error?.message === 'string' ? error.message : 'Keywheel refused the call.'
  } catch {
    return 'Keywheel refused the call.' // a HEAD has no body
  }
}
