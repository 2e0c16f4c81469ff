/** What lasts and must not be missed: lost connection, locked vault, no ready key. */
import { Button, Group, Text } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { IconAlertTriangle, IconLock, IconPlugConnectedX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi } from '../queries/api.tsx'
import { useProxySwitch } from '../queries/use-proxy-switch.ts'
import { navigate, type Place } from '../route.ts'
import classes from './banners.module.css'
import { openUnlock } from './dialogs.ts'

export function Banners({ place, onRetry }: { place: Place; onRetry?: () => void }) {
  const { t } = useTranslation()
  const { orpc } = useApi()
  const vault = useQuery(orpc.vault.status.queryOptions()).data
  const pools = useQuery(orpc.pools.list.queryOptions()).data
  const proxy = useProxySwitch().status
  const { ref, height } = useElementSize()
  useEffect(() => document.documentElement.style.setProperty('--keywheel-banner-height', `${height}px`), [height])

  const hasKeys = pools?.some((pool) => pool.keys.total > 0) ?? false
  return (
    <div ref={ref}>
      {onRetry && (
        <Banner
          icon={<IconPlugConnectedX size={18} />}
          text={t('connection.lost')}
          detail={t('connection.lostWhy')}
          action={{ label: t('retry'), run: onRetry }}
        />
      )}
      {vault?.state === 'locked' && vault.reason !== 'OPENING' && (
        <Banner
          icon={<IconLock size={18} />}
          text={t('banner.vaultLocked')}
          detail={vault.message}
          action={{ label: t('banner.unlock'), run: openUnlock }}
        />
      )}
      {vault?.state === 'new' && place !== 'welcome' && (
        <Banner
          icon={<IconLock size={18} />}
          text={t('banner.vaultNew')}
          action={{ label: t('banner.choose'), run: () => navigate('welcome') }}
        />
      )}
      {proxy?.state === 'degraded' && hasKeys && vault?.state === 'unlocked' && (
        <Banner
          icon={<IconAlertTriangle size={18} />}
          text={t('banner.noReadyKey')}
          action={{ label: t('banner.showKeys'), run: () => navigate('keys') }}
        />
      )}
    </div>
  )
}

interface BannerProps {
  icon: ReactNode
  text: string
  detail?: string
  action?: { label: string; run: () => void }
}

function Banner({ icon, text, detail, action }: BannerProps) {
  return (
    <Group className={classes.banner} role="status" gap="sm" wrap="nowrap">
      {icon}
      <Text size="sm" className={classes.text}>
        <b>{text}</b> {detail}
      </Text>
      {action && (
        <Button size="compact-sm" variant="default" onClick={action.run}>
          {action.label}
        </Button>
      )}
    </Group>
  )
}
