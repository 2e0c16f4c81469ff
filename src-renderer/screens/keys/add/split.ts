/** Keys of several providers in one text: each goes to a pool of its provider. Pure. */
import type { KeyPreview, Pool, Provider } from '../../../../src-preload/contract/index.ts'

/** A pool's slug, or `+` and the provider of a pool that is to be made: no slug has a plus. */
export type Place = string

/** What a person chose instead of what is proposed, by provider; '' = keys that look like nobody's. */
export type Choices = Readonly<Record<string, Place>>

/** Keys that go to one place together. */
export interface Part {
  /** '' = they look like nobody's. */
  provider: string
  /** That would be added. */
  count: number
  place: Place
}

type Counts = KeyPreview['providers']

const placeOfNew = (provider: string): Place => `+${provider}`
/** Whose pool is to be made at a place; null = it is there already. */
export const providerOfNew = (place: Place): string | null => (place.startsWith('+') ? place.slice(1) : null)

/** Whether keys of more than one provider are in it, whatever of them is new. */
export const isMixed = (counts: Counts): boolean => counts.filter(({ provider }) => provider !== null).length > 1

/** The places there are to choose from: pools that take keys, then one to be made for each provider that has none yet. */
export function placesFor(counts: Counts, pools: readonly Pool[], providers: readonly Provider[]): Place[] {
  const usable = pools.filter(({ provider }) => provider !== 'demo')
  const missing = counts.flatMap(({ provider }) => {
    const known = providers.find(({ id }) => id === provider)
    // Without an address of its own nobody knows where such a pool would send its keys.
    return known?.baseUrl && usable.every((pool) => pool.provider !== known.id) ? [placeOfNew(known.id)] : []
  })
  return [...usable.map(({ slug }) => slug), ...missing]
}

/** Which keys go where: as chosen, else to a pool of their provider, else to where most of the others go. */
export function splitKeys(counts: Counts, choices: Choices, pools: readonly Pool[], providers: readonly Provider[]): Part[] {
  const places = placesFor(counts, pools, providers)
  const own = (provider: string | null) =>
    pools.find((pool) => pool.provider === provider && places.includes(pool.slug))?.slug ??
    places.find((place) => provider !== null && place === placeOfNew(provider))
  const most = counts.map(({ provider }) => own(provider)).find((place) => place !== undefined)
  return counts.flatMap(({ provider, new: count }): Part[] => {
    const name = provider ?? ''
    const chosen = places.find((place) => place === choices[name])
    const place = chosen ?? own(provider) ?? most ?? places[0]
    return count === 0 || place === undefined ? [] : [{ provider: name, count, place }]
  })
}
