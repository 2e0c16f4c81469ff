/** Where keys shall go, and how a name becomes a slug. */
import { type Pool, type PoolCreate, type Provider, reservedSlugs } from '../../../../src-preload/contract/index.ts'

export type Target =
  | { kind: 'existing'; slug: string }
  | {
      kind: 'new'
      provider: string
      name: string
      /** Empty = the provider's own. */
      baseUrl: string
      /** The provider was chosen by hand: guesses no longer change it. */
      chosen?: boolean
    }

/** A slug from a name, different from those taken and reserved; from the provider's when the name has no usable letters. */
export function slugOf(name: string, provider: string, taken: readonly string[]): string {
  const base = clean(name) || clean(provider) || 'pool'
  const used = new Set<string>([...taken, ...reservedSlugs])
  let slug = base
  for (let number = 2; used.has(slug); number += 1) slug = `${base}-${number}`
  return slug
}

/** At most 60 characters, which leaves room for a number. */
function clean(text: string): string {
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
    strategy: 'round_robin',
    ...(target.baseUrl.trim() && { baseUrl: target.baseUrl.trim() }),
  }
}
