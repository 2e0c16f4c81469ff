/** The credits that one call takes of its client's quotas, and what its answer says of them. */
import type { Attempt } from '../../../src-preload/contract/index.ts'
import type { TokenUsage } from '../../providers/types.ts'
import type { Refusal } from '../admit/request-checks.ts'
import type { ProxyClient, QuotaCall, QuotaShort, QuotaState, Quotas, QuotaTaken } from '../types.ts'

/** No client's own retries wait longer, in ms: OpenAI's and Anthropic's SDKs take a Retry-After of up to a minute. */
const longestWaitMs = 60_000

const none: readonly string[] = []

/** What is known of a call at its end; tokens and money null = unknown. */
type Used = Parameters<QuotaTaken['settle']>[0]

export class Credits {
  readonly #quotas: Quotas
  readonly #client: string
  #taken: QuotaTaken | null = null
  #cost: number | null = null

  constructor(quotas: Quotas, client: Pick<ProxyClient, 'id'>) {
    this.#quotas = quotas
    this.#client = client.id
  }

  /** Once. Null = they are taken, or the client has no quotas. */
  take(call: QuotaCall): QuotaShort | null {
    const taken = this.#quotas.take(this.#client, call)
    if (taken === null) return null
    // A refused call has cost nothing.
    this.#cost = 0
    if (taken.kind === 'short') return taken
    this.#taken = taken
    return null
  }

  settle(used: Used): void {
    if (this.#taken !== null) this.#cost = this.#taken.settle(used)
  }

  /** What the call has cost; null = its client has no quotas. */
  get cost(): number | null {
    return this.#cost
  }

  /** Of the quota with the least left; null = none is limited. */
  get state(): QuotaState | null {
    return this.#taken?.state ?? null
  }

  /** X-RateLimit headers of that quota; none without. */
  get headers(): readonly string[] {
    return this.state === null ? none : rateHeaders(this.state)
  }
}

/** What is known at the end of a call by its attempts, and by what the answer said that the client was given. */
export function useOf(attempts: readonly Attempt[], usage: TokenUsage | null, nanos: number | null): Used {
  const reached = attempts.some(({ status, billed }) => status !== null || billed !== 'no')
  // Refusals of an upstream use nothing; what came to nothing else may have been worked on.
  const unknown = attempts.some(({ billed }) => billed !== 'no') ? null : 0
  return { reached, tokens: tokensOf(usage) ?? unknown, nanos: nanos ?? unknown }
}

/** Null = the answer does not say. */
function tokensOf(usage: TokenUsage | null): number | null {
  if (usage === null || usage.inputTokens === null || usage.outputTokens === null) return null
  return usage.inputTokens + usage.outputTokens + (usage.cacheReadTokens ?? 0) + (usage.cacheWriteTokens ?? 0)
}

/** X-RateLimit-Reset is in seconds since 1970, rounded up, so that nobody comes back too early. */
export function rateHeaders({ limit, remaining, renewsAt }: QuotaState): string[] {
  const headers = ['x-ratelimit-limit', String(limit), 'x-ratelimit-remaining', String(remaining)]
  if (renewsAt !== null) headers.push('x-ratelimit-reset', String(Math.ceil(renewsAt / 1000)))
  return headers
}

/** The headers that a client with quotas gets of us, and of no upstream. */
export const isRateHeader = (name: string): boolean => /^x-ratelimit-(?:limit|remaining|reset)$/.test(name)

/** A quota is too short for the call. `now` in wall ms. */
export function quotaSpent({ state, required }: QuotaShort, now: number): Refusal {
  const { duration, limit, remaining, renewsAt } = state
  const has = `This client's quota of ${limit} credits per ${duration.toLowerCase()} has ${remaining} left; this call needs ${required}.`
  const refused: Refusal = { status: 429, code: 'QUOTA_SPENT', message: has, quota: state }
  if (renewsAt === null) return { ...refused, message: `${has} Allow more under Connect in Keywheel.`, final: true }
  const wait = Math.max(0, renewsAt - now)
  return {
    ...refused,
    message: `${has} It is renewed at ${new Date(renewsAt).toISOString()}.`,
    retryAfter: Math.max(1, Math.ceil(wait / 1000)),
    ...(wait > longestWaitMs ? { final: true } : {}),
  }
}
