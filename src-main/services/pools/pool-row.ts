/** What a pool starts as, and what a change makes of it. */
import {
  type AuthStyle,
  invalid,
  KeywheelError,
  type NewPools,
  type PoolConfigInput,
  type PoolCreate,
  type PoolPatch,
  type ProviderId,
  poolConfig,
  providerIds,
} from '../../../src-preload/contract/index.ts'
import { providers } from '../../providers/index.ts'
import type { PoolRow } from '../../storage/types.ts'
import { baseUrlFor } from './base-url.ts'

/** As Keywheel is made; what a person has chosen instead is in the settings. */
const builtIn: NewPools = { strategy: 'round_robin', config: {} }

/** A pool row from what a person gave; what was not given is as new pools begin (`begin`) and as their provider has it. UNSAFE_URL. */
export function newPool(input: PoolCreate, now: number, begin: NewPools = builtIn): PoolRow {
  const provider = providers[providerOf(input.provider)]
  // The demo pool's address is the built-in upstream's, which changes at each start.
  const baseUrl = provider.id === 'demo' ? '' : (input.baseUrl ?? provider.baseUrl)
  if (baseUrl === null) throw invalid('baseUrl', `the provider "${provider.id}" needs the address of its API`)
  return {
    slug: input.slug,
    name: input.name ?? input.slug,
    alias: null,
    extras: null,
    state: input.draft ? 'draft' : 'published',
    successor: null,
    provider: provider.id,
    baseUrl: baseUrl && baseUrlFor(provider, baseUrl),
    auth: input.auth ?? (provider.auth satisfies AuthStyle),
    strategy: input.strategy ?? begin.strategy,
    config: mergeConfig(begin.config, input.config ?? {}),
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
  }
}

/** The row after a change; `begin` = how a new pool begins. UNSAFE_URL. */
export function patched(row: PoolRow, patch: PoolPatch, begin: NewPools): PoolRow {
  const before = patch.config === null ? begin.config : row.config
  return {
    ...row,
    name: patch.name ?? row.name,
    baseUrl: patch.baseUrl === undefined ? row.baseUrl : baseUrlFor(providers[providerOf(row.provider)], patch.baseUrl),
    auth: patch.auth ?? row.auth,
    strategy: patch.strategy ?? row.strategy,
    config: patch.config === undefined ? row.config : mergeConfig(before, patch.config ?? {}),
  }
}

/** UNKNOWN_PROVIDER. */
export function providerOf(name: string): ProviderId {
  const found = providerIds.find((id) => id === name)
  if (found) return found
  const message = `There is no provider "${name.slice(0, 64)}". Use one of: ${providerIds.join(', ')}.`
  throw new KeywheelError('UNKNOWN_PROVIDER', message, { fields: [{ path: 'provider', message }] })
}

/** Keeps only what differs from the defaults, so that a better default reaches everyone who never chose. */
function mergeConfig(before: PoolConfigInput, patch: PoolConfigInput): PoolConfigInput {
  const defaults: Record<string, unknown> = poolConfig.parse({})
  const merged = Object.entries({ ...before, ...patch })
  return Object.fromEntries(
    merged.filter(([name, value]) => value !== undefined && JSON.stringify(value) !== JSON.stringify(defaults[name])),
  )
}
