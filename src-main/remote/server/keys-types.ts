/** What the routes about keys need of the house. Keys that the user does not see are as if they were not there. */
import type { ApiUser } from './types.ts'

export const verificationStates = ['unknown', 'valid', 'invalid', 'rate_limited'] as const
type Verification = (typeof verificationStates)[number]

export interface ApiKey {
  id: string
  identifier: string
  alias: string | null
  clientConfig: Record<string, unknown> | null
  active: boolean
  /** Expired. */
  archived: boolean
  verification: Verification
  /** Wall ms, as all times here. */
  verifiedAt: number | null
  tags: readonly string[]
  description: string
  createdAt: number
  updatedAt: number
}

export interface KeyFilter {
  /** A pool's identifier; of one that the user does not see there are no keys. */
  pool?: string | undefined
  active?: boolean | undefined
  tag?: string | undefined
  /** Part of an identifier or alias, in upper or lower case. */
  search?: string | undefined
  verification?: Verification | undefined
}

export interface NewApiKey {
  identifier: string
  rawKey: string
  alias?: string | null | undefined
  clientConfig?: Record<string, unknown> | null | undefined
  tags?: string[] | null | undefined
  description?: string | null | undefined
  active?: boolean | undefined
}

/** What is null or absent stays; an empty text or list clears. */
type ApiKeyPatch = Omit<Partial<NewApiKey>, 'identifier' | 'rawKey'>

interface RawKey {
  identifier: string
  rawKey: string
  alias: string | null
  tags: readonly string[]
}

/** Throws ApiProblem 404 `API Key 'x' not found`, 403 where secrets are not for this user, 409; and KeywheelErrors. */
export interface KeyHouse {
  /** Newest first. */
  list(user: ApiUser, filter: KeyFilter, slice: { offset: number; limit: number }): { items: ApiKey[]; total: number }
  get(user: ApiUser, identifier: string): ApiKey
  create(user: ApiUser, input: NewApiKey): Promise<ApiKey>
  update(user: ApiUser, identifier: string, patch: ApiKeyPatch): Promise<ApiKey>
  rotate(user: ApiUser, identifier: string, rawKey: string): Promise<ApiKey>
  remove(user: ApiUser, identifier: string): Promise<void>
  /** Asks the provider where that costs nothing; `unknown` where nobody could say. */
  verify(user: ApiUser, identifier: string): Promise<{ verification: Verification; at: number | null }>
  raw(user: ApiUser, identifier: string): Promise<ApiKey & { rawKey: string }>
  /** Of the pool's keys those that may be used now, newest first. ApiProblem 404 for a pool that the user does not see. */
  rawOfPool(user: ApiUser, pool: string): Promise<{ clientType: string; keys: RawKey[] }>
  /** With secrets only for who may have them. */
  exportCsv(user: ApiUser, filter: KeyFilter): Promise<string>
  /** Those that are here already are skipped. */
  import(user: ApiUser, keys: readonly NewApiKey[]): Promise<{ imported: number; skipped: number }>
  stats(user: ApiUser, identifier: string, seconds: number): Promise<KeyStats>
  /** Wall ms. */
  now(): number
}

export interface CallCounts {
  total: number
  success: number
  failed: number
  reachLimit: number
}

interface KeyStats extends CallCounts {
  identifier: string
  alias: string | null
}

/** Percent with two decimals; 0 where nothing was called. */
export function successRate({ total, success }: Pick<CallCounts, 'total' | 'success'>): number {
  return total === 0 ? 0 : Math.round((success / total) * 10_000) / 100
}
