/** "Needs attention": one row per trouble, with the button that mends it. */
import { Button, Code, Group, Paper, Popover, Stack, Text, Title } from '@mantine/core'
import { IconAlertTriangle, IconBan, IconKeyOff, IconLock, type IconProps, IconShieldQuestion } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import type { ComponentType, ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../queries/api.tsx'
import { useProxySwitch } from '../../queries/use-proxy-switch.ts'
import { hrefOf } from '../../route.ts'
import { openUnlock } from '../../shell/dialogs.ts'
import { useTrust } from '../pools/use-trust.ts'
import { type Attention, attentionOf } from './attention.ts'
import classes from './overview.module.css'

export function AttentionList({ pool }: { pool: string | null }) {
  const { t } = useTranslation('overview')
  const { orpc } = useApi()
  const vault = useQuery(orpc.vault.status.queryOptions()).data
  const proxy = useQuery(orpc.proxy.status.queryOptions()).data
  const pools = useQuery(orpc.pools.list.queryOptions()).data
  if (!vault || !proxy || !pools) return null
  const rows = attentionOf({ vault, proxy, pools }, pool ?? undefined)
  if (rows.length === 0) return null
  return (
    <Paper component="section" px="sm" py="xs" aria-label={t('attention.title')}>
      <Title order={2} fz="sm">
        {t('attention.title')}
      </Title>
      {rows.map((row) => (
        <AttentionRow key={'pool' in row ? `${row.kind} ${row.pool}` : row.kind} row={row} />
      ))}
    </Paper>
  )
}

function AttentionRow({ row }: { row: Attention }) {
  const { t } = useTranslation('overview')
  const showKeys = (pool: string, state?: string) => (
    <Button component="a" href={hrefOf('keys', { pool, state })} variant="default" size="compact-sm">
      {t('attention.showKeys')}
    </Button>
  )
  switch (row.kind) {
    case 'vault-locked':
      return (
        <Row icon={IconLock} title={t('attention.vault')} text={row.message}>
          <Button size="compact-sm" onClick={openUnlock}>
            {t('attention.unlock')}
          </Button>
        </Row>
      )
    case 'proxy-error':
      return (
        <Row icon={IconAlertTriangle} title={t('attention.proxy')} text={row.message}>
          <StartProxy nextPort={row.nextPort} />
        </Row>
      )
    case 'untrusted-keys':
      return (
        <Row icon={IconShieldQuestion} title={t('attention.untrusted', row)} text={t('attention.untrustedWhy')}>
          <Trust pool={row.pool} count={row.count} />
        </Row>
      )
    case 'invalid-keys':
      return (
        <Row icon={IconBan} title={t('attention.invalid', row)} text={t('attention.invalidWhy')}>
          {showKeys(row.pool, 'invalid')}
        </Row>
      )
    case 'no-ready-key':
      return (
        <Row
          icon={IconKeyOff}
          title={t('attention.noReady', row)}
          text={row.cooling > 0 ? t('attention.noReadyWhy', { count: row.cooling }) : t('attention.noReadyNone')}
        >
          {showKeys(row.pool)}
        </Row>
      )
  }
}

function Row({
  icon: Icon,
  title,
  text,
  children,
}: {
  icon: ComponentType<IconProps>
  title: string
  text: string
  children: ReactNode
}) {
  return (
    <div className={classes.attention}>
      <Icon size={18} className={classes.attentionIcon} aria-hidden />
      <div className={classes.attentionText}>
        <Text size="sm" fw={500}>
          {title}
        </Text>
        <Text size="sm" c="dimmed">
          {text}
        </Text>
      </div>
      {children}
    </div>
  )
}

function StartProxy({ nextPort }: { nextPort: number | null }) {
  const { t } = useTranslation('overview')
  const { start, pending } = useProxySwitch()
  return (
    <Button size="compact-sm" loading={pending} onClick={() => start(nextPort ?? undefined)}>
      {nextPort === null ? t('attention.tryAgain') : t('attention.usePort', { port: nextPort })}
    </Button>
  )
}

/** Asks once more, naming the address: it decides where secrets are sent. */
function Trust({ pool, count }: { pool: string; count: number }) {
  const { t } = useTranslation('overview')
  const { orpc } = useApi()
  const url = useQuery(orpc.pools.list.queryOptions()).data?.find(({ slug }) => slug === pool)?.baseUrl ?? ''
  const trust = useTrust(pool)
  return (
    <Popover position="bottom-end" withArrow trapFocus>
      <Popover.Target>
        <Button variant="default" size="compact-sm">
          {t('attention.trust')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown maw={360}>
        <Stack gap="xs">
          <Text size="sm">{t('attention.trustAsk', { count })}</Text>
          <Code>{url}</Code>
          <Group justify="flex-end">
            <Button size="compact-sm" loading={trust.isPending} onClick={() => trust.mutate()}>
              {t('attention.trustYes')}
            </Button>
          </Group>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}
