/** Workspaces, and the way from one to another. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Workspace } from '../../src-preload/contract/index.ts'
import { toastDone, toastError } from '../parts/toast.tsx'
import { navigate } from '../route.ts'
import { useApi } from './api.tsx'
import { forgetSettingsDraft } from './settings-draft.ts'

export function useWorkspaces() {
  const { t } = useTranslation('servers')
  const { client, orpc } = useApi()
  const workspaces = useQuery(orpc.workspaces.list.queryOptions())
  const open = useMutation({
    mutationFn: ({ slug }: Pick<Workspace, 'slug'>) => client.workspaces.open({ slug }),
    async onSuccess({ name }, _input, _result, context) {
      // Nothing that was known or begun belongs to this one.
      forgetSettingsDraft()
      navigate('overview')
      await context.client.resetQueries()
      toastDone(t('workspaces.opened', { name }))
    },
    onError: (error) => toastError(error),
  })
  return { workspaces, open }
}
