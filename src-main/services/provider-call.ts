/** A call that Keywheel makes to a provider on its own account: short, bounded, and its answer never shows the key. */
import type { ProviderDefinition } from '../providers/types.ts'
import { belowBase } from '../proxy/admit/target.ts'
import type { KeyRow, PoolRow } from '../storage/types.ts'
import type { Vault } from '../vault/types.ts'
import { readStart } from './answer-text.ts'
import type { DemoUpstream } from './demo.ts'

const timeoutMs = 10_000
/** A list of models is some 100 kB; whatever sends more than this is not read on. */
const longestAnswer = 4 * 1024 * 1024

export interface ProviderTarget {
  pool: PoolRow
  provider: ProviderDefinition
  baseUrl: string
  secret: string
}

interface ProviderAnswer {
  status: number
  header(name: string): string | undefined
  /** Parsed JSON, or undefined. */
  body: unknown
}

/** A pool's upstream by one of its keys. AUDIENCE_MISMATCH, VAULT_LOCKED. */
export function targetOf(
  pool: PoolRow,
  key: KeyRow,
  { provider, demo, vault }: { provider: ProviderDefinition; demo: DemoUpstream; vault: Vault },
): ProviderTarget {
  const baseUrl = demo.baseUrlOf(pool)
  return { pool, provider, baseUrl, secret: demo.secretOf(key) ?? vault.secretFor(key.id, new URL(baseUrl).origin) }
}

/** Throws what fetch throws; its message may quote the URL, and that may hold the key: show `networkCode` of it and nothing else. */
export async function callProvider(
  { pool, provider, baseUrl, secret }: ProviderTarget,
  { method, path }: { method: 'GET' | 'POST'; path: string },
  fetch: typeof globalThis.fetch,
  signal?: AbortSignal,
): Promise<ProviderAnswer> {
  // A base URL may end in the version that the path begins with, as those of forwarded calls may.
  const url = new URL(baseUrl + belowBase({ baseUrl: new URL(baseUrl), provider }, path))
  const headers = new Headers(provider.defaultHeaders)
  const credential = pool.auth.format.replace('{key}', () => secret)
  if (pool.auth.in === 'header') headers.set(pool.auth.name, credential)
  else url.searchParams.set(pool.auth.name, credential)
  const timeout = AbortSignal.timeout(timeoutMs)
  const answer = await fetch(url, {
    method,
    headers,
    redirect: 'manual',
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  })
  // An upstream that quotes the key must not have it shown.
  const body = parseJson((await readStart(answer, longestAnswer)).replaceAll(secret, '…'))
  return { status: answer.status, header: (name) => answer.headers.get(name)?.replaceAll(secret, '…'), body }
}

/** Why there was no answer: the cause's code (ECONNREFUSED, …). */
export function networkCode(error: unknown): string {
  const code: unknown = (error as { cause?: { code?: unknown } }).cause?.code
  return typeof code === 'string' ? code : 'no answer'
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
