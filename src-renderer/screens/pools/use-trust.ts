/** Lets a pool's keys go to its present address. */
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { toastDone, toastError } from '../../parts/toast.tsx'
import { useApi } from '../../queries/api.tsx'

export function useTrust(slug: string) {
  const { t } = useTranslation(['pools'])
  const { client, orpc } = useApi()
  return useMutation({
    mutationFn: () => client.pools.trust({ slug }),
    onSuccess: ({ keys }, _input, _result, { client: cache }) => {
      void cache.invalidateQueries({ queryKey: orpc.pools.key() })
      void cache.invalidateQueries({ queryKey: orpc.keys.key() })
      toastDone(t('trust.done', { count: keys }))
    },
    onError: (error) => toastError(error),
  })
}
