/** Which time and pool the overview looks at: as its address names them, otherwise as last chosen. Choices are kept over restarts. */
import { useCallback, useMemo } from 'react'
import type { Pool } from '../../../src-preload/contract/index.ts'
import { parseRange, type Range, rangeText } from '../../parts/range.ts'
import { chosenRange, useRange } from '../../parts/use-range.ts'
import { stored, useStored } from '../../parts/use-stored.ts'
import { setParams, useRoute } from '../../route.ts'

type Pools = readonly Pool[] | undefined

const codec = { parse: (text: string | null) => text, text: (slug: string | null) => slug ?? '' }
const kept = ['overview.pool', null, codec] as const satisfies Parameters<typeof stored<string | null>>

/** `pool` null = all of them. */
export function chosenBy(params: URLSearchParams, pools: Pools): { range: Range; pool: string | null } {
  return { range: parseRange(params.get('range')) ?? chosenRange(), pool: known(params.get('pool') ?? stored(...kept), pools) }
}

/** The range for a component, and how to choose another one. */
export function useChosenRange() {
  const { params } = useRoute()
  const named = useMemo(() => parseRange(params.get('range')), [params])
  const [last, keep] = useRange()
  const choose = useCallback(
    (range: Range) => {
      keep(range)
      setParams({ range: rangeText(range) }, { replace: true })
    },
    [keep],
  )
  return [named ?? last, choose] as const
}

/** The same for the pool. */
export function useChosenPool(pools: Pools) {
  const { params } = useRoute()
  const [last, keep] = useStored(...kept)
  const choose = useCallback(
    (pool: string | null) => {
      keep(pool)
      setParams({ pool }, { replace: true })
    },
    [keep],
  )
  return [known(params.get('pool') ?? last, pools), choose] as const
}

/** One that was deleted since is no filter any more; while it is not known which there are, it is one. */
function known(slug: string | null, pools: Pools): string | null {
  return !slug || (pools && !pools.some((pool) => pool.slug === slug)) ? null : slug
}
