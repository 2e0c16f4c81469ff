/** What the keys in view were used for: asked for a block of rows at a time, and again with every tick of usage. */
import { type UseQueryResult, useQueries } from '@tanstack/react-query'
import type { Key, KeyFigures } from '../../../src-preload/contract/index.ts'
import { useApi } from '../../queries/api.tsx'

/** Rows in one question; scrolling by a row asks nothing anew. */
const block = 50
/** Blocks that are asked for at once; no screen is taller. */
const maxBlocks = 4

export type FiguresOf = (id: string) => KeyFigures | undefined

const combine = (answers: UseQueryResult<KeyFigures[]>[]): FiguresOf => {
  const known = new Map(answers.flatMap(({ data = [] }) => data.map((figures) => [figures.id, figures] as const)))
  return (id) => known.get(id)
}

/** `first` and `last` = the rows in view. */
export function useKeyFigures(items: readonly Key[], first: number, last: number, enabled: boolean): FiguresOf {
  const { orpc } = useApi()
  const from = Math.floor(first / block)
  const count = Math.min(maxBlocks, Math.floor(last / block) - from + 1)
  const blocks = Array.from({ length: count }, (_, index) => {
    const start = (from + index) * block
    return items.slice(start, start + block).map(({ id }) => id)
  })
  return useQueries({
    queries: blocks
      .filter((ids) => enabled && ids.length > 0)
      .map((ids) => ({
        ...orpc.keys.figures.queryOptions({ input: { ids } }),
        gcTime: 60_000,
        // Another filter shows mostly the same keys: their numbers stay until the new ones are here.
        placeholderData: (before: KeyFigures[] | undefined) => before,
      })),
    combine,
  })
}
