/** Routes under /proxy: calls through a pool, and how it stands. */
import { z } from 'zod'
import { parseExact } from '../../base/exact-json.ts'
import { type Invocation, invocationOf } from './invocation.ts'
import { countsView, type PoolCounts, type PoolDesk } from './pools-routes.ts'
import { type ApiAnswer, type ApiRoutes, type ApiUser } from './types.ts'
import { readBody } from './validation.ts'

export type CallResult =
  /** What the upstream said; headers by lower-case names, without those of a connection or of Keywheel. */
  | { kind: 'answer'; status: number; headers: Readonly<Record<string, string>>; body: Uint8Array }
  /** `PoolExhaustedError: …` and the like. */
  | { kind: 'failed'; error: string }

export interface CallDesk {
  /** Throws ApiProblem 404, 410. */
  assertPublished(user: ApiUser, pool: string): void
  /** Throws ApiProblem 404, 410, 503 for a pool that takes no calls of this user. */
  assertCallable(user: ApiUser, pool: string): void
  /** One call, through the proxy like any other. Throws ApiProblem 503 and as above. */
  call(user: ApiUser, pool: string, invocation: Invocation, gone: AbortSignal): Promise<CallResult>
}

const args = z.array(z.unknown()).max(100).default([])
const kwargs = z.record(z.string(), z.unknown()).default({})
const invoke = z.object({ attr_path: z.array(z.string().max(1000)).min(1).max(100), args, kwargs })
const call = z.object({ method_chain: z.string().min(1).max(4000), args, kwargs })

/** Of an answer that is no JSON. */
const shownCharacters = 10_000

export function proxyRoutes(desk: CallDesk, pools: Pick<PoolDesk, 'get' | 'counts'>): ApiRoutes {
  const run = async (user: ApiUser, pool: string, given: z.output<typeof invoke>, gone: AbortSignal): Promise<ApiAnswer> => {
    // Before anything of the call is looked at: what it names may be none of the user's business.
    desk.assertCallable(user, pool)
    const invocation = invocationOf({ path: given.attr_path, args: given.args, kwargs: given.kwargs })
    if ('error' in invocation) return answer(pools.counts(user, pool), null, invocation.error)
    const result = await desk.call(user, pool, invocation, gone)
    const counts = pools.counts(user, pool)
    return result.kind === 'failed' ? answer(counts, null, result.error) : answer(counts, dataOf(result), null)
  }
  return {
    'GET /proxy/{pool}/status': {
      open: false,
      admin: false,
      async run({ params }, user) {
        const pool = params['pool'] ?? ''
        desk.assertPublished(user, pool)
        const counts = pools.counts(user, pool)
        return answer(counts, countsView(counts), null, counts.available > 0)
      },
    },
    'POST /proxy/{pool}/invoke': {
      open: false,
      admin: false,
      maxBody: 16 * 1024 * 1024,
      parse: parseExact,
      run: async ({ params, body, gone }, user) => run(user, params['pool'] ?? '', readBody(invoke, body), gone),
    },
    'POST /proxy/{pool}/call': {
      open: false,
      admin: false,
      maxBody: 16 * 1024 * 1024,
      parse: parseExact,
      async run({ params, body, gone }, user) {
        const { method_chain: chain, ...rest } = readBody(call, body)
        return run(user, params['pool'] ?? '', { attr_path: chain.split('.'), ...rest }, gone)
      },
    },
  }
}

function answer({ available, total }: PoolCounts, data: unknown, error: string | null, success = error === null): ApiAnswer {
  const json = { success, data, error, key_identifier: null, pool_available: available, pool_total: total }
  return { status: 200, json }
}

/** As apipool-server says what httpx got. */
function dataOf({ status, headers, body }: Extract<CallResult, { kind: 'answer' }>): unknown {
  const said = { _type: 'httpx.Response', status_code: status }
  const text = new TextDecoder().decode(body)
  if (text === '') return { ...said, headers, data: null }
  try {
    return { ...said, headers, data: parseExact(text) }
  } catch {
    return {
      ...said,
      text: Array.from(text.slice(0, 2 * shownCharacters))
        .slice(0, shownCharacters)
        .join(''),
    }
  }
}
