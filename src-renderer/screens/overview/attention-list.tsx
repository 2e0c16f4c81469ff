/** "Needs attention": one row per trouble, with the button that mends it. */
import { Button, Code, Group, Paper, Popover, Stack, Text, Title } from '@mantine/core'
import {
  IconAlertTriangle,
  IconBan,
  IconHourglassEmpty,
  IconKeyOff,
  IconLock,
  type IconProps,
  IconShieldQuestion,
} from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type ComponentType, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatClock } from '../../format.ts'
import { said } from '../../i18n/said.ts'
import { useNow } from '../../parts/use-now.ts'
import { useApi } from '../../queries/api.tsx'
import { useProxySwitch } from '../../queries/use-proxy-switch.ts'
import { hrefOf } from '../../route.ts'
import { openUnlock } from '../../shell/dialogs.ts'
import { useTrust } from '../pools/use-trust.ts'
import { type Attention, attentionOf } from './attention.ts'
import classes from './overview.module.css'
import { runwayOf } from './questions.ts'

/** Rows that leave room for the figures; the others are a click away. */
const shown = 3

export function AttentionList({ pool }: { pool: string | null }) {
  const { t } = useTranslation('overview')
  const { orpc } = useApi()
  const vault = useQuery(orpc.vault.status.queryOptions()).data
  const proxy = useQuery(orpc.proxy.status.queryOptions()).data
  const pools = useQuery(orpc.pools.list.queryOptions()).data
  const runway = useQuery(runwayOf(orpc, pool))
  const [all, setAll] = useState(false)
  // All at once, so that no row moves another; what cannot be said of limits keeps nothing back.
  if (!vault || !proxy || !pools || runway.isPending) return null
  const rows = attentionOf({ vault, proxy, pools, ending: runway.data?.ending ?? [] }, pool ?? undefined)
  if (rows.length === 0) return null
  const more = rows.length - shown
  return (
    <Paper component="section" px="sm" py="xs" aria-label={t('attention.title')}>
      <Title order={2} fz="sm">
        {t('attention.title')}
      </Title>
      {rows.slice(0, all ? rows.length : shown).map((row) => (
        <AttentionRow key={'pool' in row ? `${row.kind} ${row.pool}` : row.kind} row={row} />
      ))}
      {more > 0 && (
        <Button variant="subtle" color="gray" size="compact-sm" mt={4} aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t('attention.fewer') : t('attention.more', { count: more })}
        </Button>
      )}
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
        <Row icon={IconLock} title={t('attention.vault')} text={said(row.message)}>
          <Button size="compact-sm" onClick={openUnlock}>
            {t('attention.unlock')}
          </Button>
        </Row>
      )
    case 'proxy-error':
      return (
        <Row icon={IconAlertTriangle} title={t('attention.proxy')} text={said(row.message)}>
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
        <Row icon={IconBan} title={t('attention.invalid', row)} text={t('attention.invalidWhy', row)}>
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
    case 'runway-short':
      return <RunwayRow row={row} />
  }
}

function RunwayRow({ row: { pool, name, accounts, account, endsAt } }: { row: Extract<Attention, { kind: 'runway-short' }> }) {
  const { t, i18n } = useTranslation('overview')
  const time = formatClock(endsAt, useNow(), i18n.language)
  return (
    <Row
      icon={IconHourglassEmpty}
      tone="wait"
      title={t('attention.runway', { name, account, time, count: accounts })}
      text={t(accounts === 1 ? 'attention.runwayWhy' : 'attention.runwayFirst', { account, time })}
    >
      <Button component="a" href={hrefOf('keys', { pool, view: 'accounts' })} variant="default" size="compact-sm">
        {t('attention.showLimits')}
      </Button>
    </Row>
  )
}

function Row({
  icon: Icon,
  tone,
  title,
  text,
  children,
}: {
  icon: ComponentType<IconProps>
  tone?: 'wait'
  title: string
  text: string
  children: ReactNode
}) {
  return (
    <div className={classes.attention}>
      <Icon size={18} className={classes.attentionIcon} data-tone={tone} aria-hidden />
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
