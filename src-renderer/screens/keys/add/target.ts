/** Where keys shall go, and how a name becomes a slug. */
import {
  type KeyPreview,
  type Pool,
  type PoolCreate,
  type Provider,
  reservedSlugs,
} from '../../../../src-preload/contract/index.ts'
import { type Choices, isMixed } from './split.ts'

export type Target =
  | {
      kind: 'existing'
      slug: string
      /** By hand, or by the place it was asked from: guesses no longer change it. */
      chosen: boolean
    }
  | {
      kind: 'new'
      provider: string
      name: string
      /** Empty = the provider's own. */
      baseUrl: string
      /** By hand: guesses no longer change it. */
      chosen: boolean
    }
  | { kind: 'split'; choices: Choices; chosen: boolean }

export const newSplit: Target = { kind: 'split', choices: {}, chosen: false }

export const newTarget: Extract<Target, { kind: 'new' }> = {
  kind: 'new',
  provider: 'openai',
  name: '',
  baseUrl: '',
  chosen: false,
}

/** The pool that was asked for, or the first that takes keys; the demo pool has keys of its own. */
export function firstTarget(pools: readonly Pool[], wanted: string | null): Target {
  const usable = pools.filter((pool) => pool.provider !== 'demo')
  const asked = usable.find((pool) => pool.slug === wanted)
  const first = asked ?? usable[0]
  return first ? { kind: 'existing', slug: first.slug, chosen: asked !== undefined } : newTarget
}

/** Until one is chosen, keys go where their provider's keys go: to a pool of it, or a new one; those of several each to its own. */
export function withGuess(target: Target, counts: KeyPreview['providers'], pools: readonly Pool[]): Target {
  if (isMixed(counts)) return target.chosen || target.kind === 'split' ? target : newSplit
  // Of what the text holds and not of what is new: that depends on the target.
  const guess = counts.find(({ provider }) => provider !== null)?.provider ?? null
  // Of the mixture that was read before only one kind is left.
  if (target.kind === 'split') return withGuess(firstTarget(pools, null), counts, pools)
  if (target.chosen || guess === null) return target
  if (providerOf(target, pools) === guess) return target
  const fitting = target.kind === 'existing' && pools.find((pool) => pool.provider === guess)
  if (fitting) return { kind: 'existing', slug: fitting.slug, chosen: false }
  return { ...(target.kind === 'new' ? target : newTarget), provider: guess }
}

/** The provider whose keys a target takes; undefined for several, and for a pool that is gone. */
export function providerOf(target: Target, pools: readonly Pool[]): string | undefined {
  if (target.kind === 'split') return undefined
  return target.kind === 'new' ? target.provider : pools.find(({ slug }) => slug === target.slug)?.provider
}

/** A slug from a name, different from those taken and reserved; from the provider's when the name has no usable letters. */
export function slugOf(name: string, provider: string, taken: readonly string[]): string {
  const base = slugFrom(name) || slugFrom(provider) || 'pool'
  const used = new Set<string>([...taken, ...reservedSlugs])
  let slug = base
  for (let number = 2; used.has(slug); number += 1) slug = `${base}-${number}`
  return slug
}

/** A name as a slug, empty when it has no usable letters. At most 60 characters, which leaves room for a number. */
export function slugFrom(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
    .replace(/-+$/, '')
}

/** The pool to make for a target that is new. */
export function poolFor(
  target: Extract<Target, { kind: 'new' }>,
  pools: readonly Pool[],
  providers: readonly Provider[],
): PoolCreate {
  const provider = providers.find((entry) => entry.id === target.provider)
  const name = target.name.trim() || (provider?.name ?? target.provider)
  return {
    slug: slugOf(
      name,
      target.provider,
      pools.map((pool) => pool.slug),
    ),
    name,
    provider: target.provider,
    draft: false,
    ...(target.baseUrl.trim() && { baseUrl: target.baseUrl.trim() }),
  }
}
