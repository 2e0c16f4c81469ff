/** Which models can be chosen, and which are asked now. */
import { useQuery } from '@tanstack/react-query'
import type { Pool, ServedModel } from '../../../src-preload/contract/index.ts'
import { useApi } from '../../queries/api.tsx'
import { useStore } from '../../shell/store.ts'
import { useModelNames } from '../connect/use-model-names.ts'
import { modelsOf } from './session.ts'
import { session } from './store.ts'

export interface Models {
  /** Names that may be asked for; of the chosen pool, if one is. */
  names: readonly string[]
  /** The model that is asked when none is chosen. */
  first: string | undefined
  /** Who is asked, best first. */
  wanted: readonly string[]
  served: readonly ServedModel[]
  loading: boolean
}

const noLevels = { draft: [], standard: [], production: [], research: [] }

export function useModels(): Models {
  const { orpc } = useApi()
  const { setup } = useStore(session)
  const models = useQuery(orpc.routes.models.queryOptions())
  const pools = useQuery(orpc.pools.list.queryOptions())
  const settings = useQuery(orpc.settings.get.queryOptions())
  const all = useModelNames()
  const served = models.data ?? []
  const here = setup.pool === null ? served : served.filter(({ pool }) => pool === setup.pool)
  // A draft is in no list: what a person said of it is all that is known.
  const draft = pools.data?.find(({ slug, state }) => slug === setup.pool && state === 'draft')
  const { models: named = [], deployments = {} } = draft?.config ?? {}
  const said = [...named, ...Object.keys(deployments)]
  const names = setup.pool === null ? all : draft ? said : here.map(({ model }) => model)
  const listed = draft ? said[0] : (here.find(({ ready }) => ready) ?? here[0])?.model
  const first = listed ?? demoModel(pools.data ?? [], setup.pool)
  const wanted = modelsOf(setup, settings.data?.quality ?? noLevels, first)
  return { names, first, wanted, served, loading: models.isPending || settings.isPending }
}

/** The demo pool answers to any name, also before anybody asked it for its list. */
function demoModel(pools: readonly Pool[], chosen: string | null): string | undefined {
  const demo = pools.find(
    ({ slug, provider, state }) => provider === 'demo' && state === 'published' && slug === (chosen ?? slug),
  )
  if (demo === undefined) return undefined
  return chosen === null ? `${demo.slug}/demo` : 'demo'
}
