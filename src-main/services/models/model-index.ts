/** What is known of the models that pools serve, for the router and for people. */
import type { ModelRoute } from '../../../src-preload/contract/index.ts'
import type { ModelIndex } from '../../gateway/types.ts'
import { findProvider } from '../../providers/index.ts'
import type { PoolRow } from '../../storage/types.ts'

/** What a pool's provider lists; null = it is not known. */
export type ListedModels = (pool: PoolRow) => readonly string[] | null

/**
 * A pool serves the models that a person named (its `models`, else Azure's deployments), else those that its provider lists. Of a
 * pool about which both are silent those are guessed that others serve and whose names are like its provider's own. Pools in the
 * order in which they were made.
 */
export function modelIndex(rows: readonly PoolRow[], routes: readonly ModelRoute[], listed: ListedModels): ModelIndex {
  const known = rows
    .toSorted((a, b) => a.createdAt - b.createdAt || a.slug.localeCompare(b.slug))
    .map((row) => ({
      row,
      own: (model: string) => findProvider(row.provider)?.ownsModel(model) === true,
      ...listOf(row, listed),
    }))
  const named = new Set(known.flatMap(({ models }) => [...(models ?? [])]))
  return {
    routes,
    pools: known.map(({ row, own, models }) => ({
      slug: row.slug,
      provider: row.provider,
      listed: models !== null,
      guess: own,
    })),
    served: known.flatMap(({ row: { slug: pool, provider }, own, models, source }) =>
      Array.from(models ?? [...named].filter(own), (model) => ({ model, pool, provider, source })),
    ),
  }
}

function listOf(
  row: PoolRow,
  listed: ListedModels,
): { models: ReadonlySet<string> | null; source: ModelIndex['served'][number]['source'] } {
  const { models = [], deployments = {} } = row.config
  const set = models.length > 0 ? models : Object.keys(deployments)
  if (set.length > 0) return { models: new Set(set), source: 'set' }
  const list = listed(row)
  return list === null ? { models: null, source: 'guessed' } : { models: new Set(list), source: 'listed' }
}
