/** What the address asks for: a saved prompt, or a pool or model to try. Taken up once, then it goes out of the address. */
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { Pool } from '../../../src-preload/contract/index.ts'
import { useApi } from '../../queries/api.tsx'
import { setParams, useRoute } from '../../route.ts'
import { placeOf, sessionOf } from './session.ts'
import { changeSetup, keepFor, openSession } from './store.ts'

export function useOpening(pools: readonly Pool[] | undefined): void {
  const { orpc } = useApi()
  const { params } = useRoute()
  const [slug, model, pool] = [params.get('prompt'), params.get('model'), params.get('pool')]
  const prompt = useQuery(
    orpc.prompts.get.queryOptions({ input: { slug: slug ?? '' }, enabled: slug !== null, retry: false }),
  ).data
  const workspace = useQuery(orpc.system.info.queryOptions()).data?.workspace
  useEffect(() => {
    if (workspace !== undefined) keepFor(workspace)
  }, [workspace])
  useEffect(() => {
    if (pools === undefined) return
    const slugs = pools.map((known) => known.slug)
    if (prompt !== undefined && prompt.slug === slug) openSession(sessionOf(prompt, slugs))
    else if (slug !== null) return
    else if (model !== null) changeSetup({ by: 'model', ...placeOf(model, slugs) })
    else if (pool !== null) changeSetup({ by: 'model', pool, model: null })
    else return
    setParams({ prompt: null, model: null, pool: null }, { replace: true })
  }, [prompt, slug, model, pool, pools])
}
