/** The free check: one request that costs no token and shows whether a key is good. */
import { type KeyCheck, KeywheelError } from '../../src-preload/contract/index.ts'
import type { Outcome, PoolEngine } from '../pool/types.ts'
import { providers } from '../providers/index.ts'
import type { ProviderDefinition } from '../providers/types.ts'
import type { KeyRow, PoolRow } from '../storage/types.ts'
import type { Vault } from '../vault/types.ts'
import { readStart } from './answer-text.ts'
import type { Catalog } from './catalog.ts'
import { type DemoUpstream, demoSecret } from './demo.ts'
import { providerOf } from './pool-row.ts'

const timeoutMs = 10_000
/** A list of models is some 100 kB; whatever sends more than this is not read on. */
const longestAnswer = 4 * 1024 * 1024

interface CheckTarget {
  pool: PoolRow
  provider: ProviderDefinition
  baseUrl: string
  secret: string
}

/** Where a key is checked: at its first pool whose provider has a free check. CHECK_UNAVAILABLE, AUDIENCE_MISMATCH, VAULT_LOCKED. */
export function checkTarget(
  key: KeyRow,
  { catalog, demo, vault }: { catalog: Catalog; demo: DemoUpstream; vault: Vault },
): CheckTarget {
  const pool = catalog
    .livePoolsOf(key.id)
    .map((membership) => catalog.pool(membership.pool))
    .find((candidate) => providers[providerOf(candidate.provider)].freeCheck)
  if (!pool) throw new KeywheelError('CHECK_UNAVAILABLE', 'No pool of this key has a provider with a free check.')
  const baseUrl = demo.baseUrlOf(pool)
  const secret = demoSecret(key) ?? vault.secretFor(key.id, new URL(baseUrl).origin)
  return { pool, provider: providers[providerOf(pool.provider)], baseUrl, secret }
}

interface Checked {
  outcome: Outcome
  /** The account that the answer names; null = it does not. */
  account: string | null
}

/** Sends the check. Never throws for what the upstream or the network does: that is the outcome. */
export async function checkKey(target: CheckTarget, fetch: typeof globalThis.fetch, now: number): Promise<Checked> {
  const { provider, pool, secret } = target
  if (!provider.freeCheck) throw new KeywheelError('CHECK_UNAVAILABLE', `${provider.name} has no free way to check a key.`)
  const url = new URL(target.baseUrl + provider.freeCheck.path)
  const headers = new Headers(provider.defaultHeaders)
  const credential = pool.auth.format.replace('{key}', () => secret)
  if (pool.auth.in === 'header') headers.set(pool.auth.name, credential)
  else url.searchParams.set(pool.auth.name, credential)
  try {
    const answer = await fetch(url, {
      method: provider.freeCheck.method,
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    })
    // An upstream that quotes the key must not have it shown.
    const body = parseJson((await readStart(answer, longestAnswer)).replaceAll(secret, '…'))
    const header = (name: string) => answer.headers.get(name)?.replaceAll(secret, '…')
    const facts = { status: answer.status, header, body }
    return { outcome: provider.classify(facts, now), account: provider.account(facts) }
  } catch (error) {
    // The cause's code (ECONNREFUSED, …) and nothing else: a fetch error may quote the URL, and that may hold the key.
    const code: unknown = (error as { cause?: { code?: unknown } }).cause?.code
    return { outcome: { class: 'network', message: typeof code === 'string' ? code : 'no answer' }, account: null }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** What a check proves. A rate limit or a broken upstream says nothing about the key, so the engine is not told. */
export function applyCheck(engine: PoolEngine, keyId: string, outcome: Outcome): boolean {
  if (outcome.class !== 'ok' && outcome.class !== 'key-invalid' && outcome.class !== 'no-credit') return false
  engine.observe(keyId, outcome)
  return true
}

const refused = 'The provider refuses this key.'
const words: Record<Outcome['class'], string> = {
  ok: 'The key works.',
  'key-invalid': refused,
  'no-credit': refused,
  'rate-short': 'The key is known, but rate limited right now.',
  'rate-daily': 'The key is known, but its daily limit is used up.',
  network: 'The provider could not be reached; the key was not judged.',
  overloaded: 'The provider is overloaded; the key was not judged.',
  'request-bad': 'The provider did not take the check; the key was not judged.',
  'model-unavailable': 'The provider did not take the check; the key was not judged.',
  aborted: 'The check was broken off; the key was not judged.',
}

export function describeCheck(id: string, outcome: Outcome, checkedAt: number): KeyCheck {
  const usable = outcome.class === 'ok' || outcome.class === 'rate-short' || outcome.class === 'rate-daily'
  const said = outcome.message ? ` (${outcome.message})` : ''
  return {
    id,
    usable,
    outcome: outcome.class,
    message: words[outcome.class] + said,
    checkedAt,
  }
}
