/** What lasts and must not be missed: lost connection, locked vault, a proxy that cannot start, no network, no ready key. */
import { Button, Group, Text } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { IconAlertTriangle, IconLock, IconPlugConnectedX, IconWifiOff } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import type { ProxyStatus } from '../../src-preload/contract/index.ts'
import { said } from '../i18n/said.ts'
import { CopyDiagnostics } from '../parts/copy-diagnostics.tsx'
import { toastError } from '../parts/toast.tsx'
import { useApi } from '../queries/api.tsx'
import { useProxySwitch } from '../queries/use-proxy-switch.ts'
import { navigate, type Place } from '../route.ts'
import classes from './banners.module.css'
import { openUnlock } from './dialogs.ts'

export function Banners({ place, onRetry }: { place: Place; onRetry?: () => void }) {
  const { t } = useTranslation(['common', 'shell'])
  const { orpc } = useApi()
  const vault = useQuery(orpc.vault.status.queryOptions()).data
  const pools = useQuery(orpc.pools.list.queryOptions()).data
  const { status: proxy, start } = useProxySwitch()
  const nextPort = proxy?.reason?.nextPort ?? null
  const { ref, height } = useElementSize()
  useEffect(() => document.documentElement.style.setProperty('--keywheel-banner-height', `${height}px`), [height])

  const hasKeys = pools?.some((pool) => pool.keys.total > 0) ?? false
  return (
    <div ref={ref}>
      {onRetry && (
        <Banner
          icon={<IconPlugConnectedX size={18} />}
          text={t('common:connection.lost')}
          detail={`${t('common:connection.lostWhy')} ${t('shell:banner.keptText')}`}
          action={{ label: t('common:retry'), run: onRetry }}
        />
      )}
      {vault?.state === 'locked' && vault.reason !== 'OPENING' && (
        <Banner
          icon={<IconLock size={18} />}
          text={t('common:banner.vaultLocked')}
          detail={said(vault.message)}
          action={{ label: t('common:banner.unlock'), run: openUnlock }}
        />
      )}
      {vault?.state === 'new' && place !== 'welcome' && (
        <Banner
          icon={<IconLock size={18} />}
          text={t('common:banner.vaultNew')}
          action={{ label: t('common:banner.choose'), run: () => navigate('welcome') }}
        />
      )}
      {proxy?.state === 'error' && (
        <Banner
          bad
          icon={<IconAlertTriangle size={18} />}
          text={t('shell:banner.proxyFailed')}
          {...(proxy.reason && { detail: said(proxy.reason.message) })}
          action={
            nextPort === null
              ? { label: t('shell:banner.retry'), run: () => start() }
              : { label: t('common:proxy.usePort', { port: nextPort }), run: () => start(nextPort) }
          }
        >
          <CopyDiagnostics />
        </Banner>
      )}
      {proxy?.offline && <Offline offline={proxy.offline} />}
      {proxy?.state === 'degraded' && hasKeys && vault?.state === 'unlocked' && (
        <Banner
          icon={<IconAlertTriangle size={18} />}
          text={t('common:banner.noReadyKey')}
          action={{ label: t('common:banner.showKeys'), run: () => navigate('keys') }}
        />
      )}
    </div>
  )
}

/** Goes with the first answer of an upstream. To try is to ask them all for their models. */
function Offline({ offline: { hosts, proxy } }: { offline: NonNullable<ProxyStatus['offline']> }) {
  const { t } = useTranslation(['common', 'shell'])
  const { client } = useApi()
  const attempt = useMutation({ mutationFn: () => client.routes.refresh(), onError: (error) => toastError(error) })
  const [host = '', ...others] = hosts
  return (
    <Banner
      icon={<IconWifiOff size={18} />}
      text={t(proxy ? 'shell:banner.offlineProxy' : 'shell:banner.offline')}
      detail={
        others.length === 0
          ? t('shell:banner.offlineWhy', { host })
          : t('shell:banner.offlineMore', { host, count: others.length })
      }
      action={{ label: t('common:retry'), run: () => attempt.mutate(), busy: attempt.isPending }}
    />
  )
}

interface BannerProps {
  icon: ReactNode
  text: string
  detail?: string
  action?: { label: string; run: () => void; busy?: boolean }
  /** Nothing works, rather than something not. */
  bad?: boolean
  children?: ReactNode
}

function Banner({ icon, text, detail, action, bad, children }: BannerProps) {
  return (
    <Group className={classes.banner} data-bad={bad || undefined} role="status" gap="sm" wrap="nowrap">
      {icon}
      <Text size="sm" className={classes.text}>
        <b>{text}</b> {detail}
      </Text>
      {children}
      {action && (
        <Button size="compact-sm" variant="default" onClick={action.run} loading={action.busy ?? false}>
          {action.label}
        </Button>
      )}
    </Group>
  )
}
