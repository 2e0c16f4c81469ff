/** Which pool the overview looks at, kept over restarts. */
import type { Pool } from '../../../src-preload/contract/index.ts'
import { stored, useStored } from '../../parts/use-stored.ts'

const codec = { parse: (text: string | null) => text, text: (slug: string | null) => slug ?? '' }
const kept = ['overview.pool', null, codec] as const satisfies Parameters<typeof stored<string | null>>

/** Null = all of them. One that was deleted since is no filter any more. */
export function chosenPool(pools: readonly Pool[] | undefined): string | null {
  const slug = stored(...kept)
  return pools?.some((pool) => pool.slug === slug) ? slug : null
}

/** The same for a component, and how to choose another one. */
export function useChosenPool(pools: readonly Pool[] | undefined) {
  const [, choose] = useStored(...kept)
  return [chosenPool(pools), choose] as const
}
