/** Making, changing and deleting routes. */
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ModelRouteInput, ModelRouteView } from '../../../../src-preload/contract/index.ts'
import { toastDone, toastError, toastUndo } from '../../../parts/toast.tsx'
import { useApi } from '../../../queries/api.tsx'
import { inputOf } from './route-draft.ts'

export interface RouteActions {
  /** Makes it, or replaces the one of this id. Null when that failed; `error` then says why. */
  save: (input: ModelRouteInput, id: string | null) => Promise<ModelRouteView | null>
  remove: (route: ModelRouteView) => Promise<void>
  error: unknown
  busy: boolean
}

export function useRouteActions(): RouteActions {
  const { t } = useTranslation(['gateway', 'common'])
  const { client, orpc } = useApi()
  const cache = useQueryClient()
  const [state, setState] = useState<{ error: unknown; busy: boolean }>({ error: null, busy: false })
  const refresh = () => cache.invalidateQueries({ queryKey: orpc.routes.list.key() })
  const again = async (route: ModelRouteView) => {
    try {
      await client.routes.create(inputOf(route))
      await refresh()
      toastDone(t('routes.restored', route))
    } catch (error) {
      toastError(error)
    }
  }
  return {
    ...state,
    async save(input, id) {
      setState({ error: null, busy: true })
      try {
        const route = id === null ? await client.routes.create(input) : await client.routes.update({ ...input, id })
        await refresh()
        setState({ error: null, busy: false })
        toastDone(id === null ? t('routes.created', route) : t('routes.saved'))
        return route
      } catch (error) {
        setState({ error, busy: false })
        return null
      }
    },
    async remove(route) {
      try {
        await client.routes.remove({ id: route.id })
        await refresh()
        toastUndo(t('routes.removed', route), t('common:undo'), () => void again(route))
      } catch (error) {
        toastError(error)
      }
    },
  }
}
