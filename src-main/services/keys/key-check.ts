/** The free check: one request that costs no token and shows whether a key is good. */
import { type KeyCheck, KeywheelError } from '../../../src-preload/contract/index.ts'
import type { Outcome, PoolEngine } from '../../pool/types.ts'
import { providers } from '../../providers/index.ts'
import type { KeyRow, PoolRow } from '../../storage/types.ts'
import type { Vault } from '../../vault/types.ts'
import type { Catalog } from '../catalog.ts'
import type { DemoUpstream } from '../demo.ts'
import { providerOf } from '../pools/pool-row.ts'
import { callProvider, networkCode, type ProviderTarget, targetOf } from '../provider-call.ts'
import { unreachedBy } from '../unreached.ts'
import type { CheckPlace } from './check-pause.ts'

interface CheckDeps {
  catalog: Catalog
  demo: DemoUpstream
}

/** Where a key is checked: at its first pool whose provider has a free check. CHECK_UNAVAILABLE, AUDIENCE_MISMATCH, VAULT_LOCKED. */
export function checkTarget(key: KeyRow, { catalog, demo, vault }: CheckDeps & { vault: Vault }): ProviderTarget {
  const pool = checkPool(key, catalog)
  return targetOf(pool, key, { provider: providers[providerOf(pool.provider)], demo, vault })
}

/** CHECK_UNAVAILABLE. */
export function checkPlace(key: KeyRow, { catalog, demo }: CheckDeps): CheckPlace {
  const pool = checkPool(key, catalog)
  const { origin, host } = new URL(demo.baseUrlOf(pool))
  return { name: `${origin} ${key.outbound ?? pool.config.outbound ?? ''}`, host }
}

function checkPool(key: KeyRow, catalog: Catalog): PoolRow {
  const pool = catalog
    .livePoolsOf(key.id)
    .map((membership) => catalog.pool(membership.pool))
    .find((candidate) => providers[providerOf(candidate.provider)].freeCheck)
  if (!pool) throw new KeywheelError('CHECK_UNAVAILABLE', 'No pool of this key has a provider with a free check.')
  return pool
}

interface Checked {
  outcome: Outcome
  /** The account that the answer names; null = it does not. */
  account: string | null
}

/** Sends the check. Never throws for what the upstream or the network does: that is the outcome. */
export async function checkKey(
  target: ProviderTarget,
  fetch: typeof globalThis.fetch,
  now: number,
  signal?: AbortSignal,
): Promise<Checked> {
  const { provider } = target
  if (!provider.freeCheck) throw new KeywheelError('CHECK_UNAVAILABLE', `${provider.name} has no free way to check a key.`)
  try {
    const answer = await callProvider(target, provider.freeCheck, fetch, signal)
    return { outcome: provider.classify(answer, now), account: provider.account(answer) }
  } catch (error) {
    if (signal?.aborted) return { outcome: { class: 'aborted' }, account: null }
    return { outcome: { class: 'network', message: networkCode(error) }, account: null }
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
    unreached: outcome.class === 'network' ? unreachedBy(outcome.message) : null,
  }
}
