/** The proxy's state as the application reports it, and the switch. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { ProxyStatus } from '../../src-preload/contract/index.ts'
import { problemOf } from '../parts/problem.ts'
import { toastError } from '../parts/toast.tsx'
import { useApi } from './api.tsx'

export interface ProxySwitch {
  status: ProxyStatus | undefined
  /** It listens. */
  on: boolean
  /** False while it starts or stops, or its state is not known yet. */
  canToggle: boolean
  toggle: () => void
  /** Starts it; a taken port is offered to be changed. */
  start: (port?: number) => void
  /** Any answer is pending. */
  pending: boolean
}

export function useProxySwitch(): ProxySwitch {
  const { t } = useTranslation()
  const { client, orpc } = useApi()
  const status = useQuery(orpc.proxy.status.queryOptions()).data
  const stop = useMutation({ mutationFn: () => client.proxy.stop(), onError: (error) => toastError(error) })
  const begin = useMutation({
    mutationFn: (port?: number) => client.proxy.start(port === undefined ? {} : { port }),
    onError: (error) => {
      const { nextPort } = problemOf(error).data
      toastError(
        error,
        nextPort === undefined ? undefined : { label: t('proxy.usePort', { port: nextPort }), run: () => begin.mutate(nextPort) },
      )
    },
    // The answer and the live event carry the same state; whichever comes first shows it.
    onSuccess: (next, _port, _result, context) => context.client.setQueryData(orpc.proxy.status.queryKey(), next),
  })
  const on = status?.state === 'on' || status?.state === 'degraded'
  const moving = status?.state === 'starting' || status?.state === 'stopping'
  return {
    status,
    on,
    canToggle: status !== undefined && !moving,
    toggle: () => (on ? stop.mutate() : begin.mutate(undefined)),
    start: (port) => begin.mutate(port),
    pending: stop.isPending || begin.isPending,
  }
}
