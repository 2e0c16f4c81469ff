/** What a client has used: its quotas as they stand, and its calls and credits by day. */
import { Anchor, Button, Group, SegmentedControl, Stack, Table, Text } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Client, ClientDay } from '../../../../src-preload/contract/index.ts'
import { formatCount, formatCredits, formatShort } from '../../../format.ts'
import { Drawing } from '../../../parts/charts/drawing.tsx'
import { mainLook } from '../../../parts/charts/look.tsx'
import { timeTick } from '../../../parts/charts/time-text.ts'
import { download } from '../../../parts/download.ts'
import { ErrorNotice } from '../../../parts/error-notice.tsx'
import { localTimeText } from '../../../parts/local-time.ts'
import { QuotaBar } from '../../../parts/quota-bar.tsx'
import { rangeText } from '../../../parts/range.ts'
import { SkeletonRows } from '../../../parts/skeletons.tsx'
import { useApi } from '../../../queries/api.tsx'
import { hrefOf } from '../../../route.ts'
import classes from './clients.module.css'
import { ForgetUsage } from './forget-usage.tsx'
import { daysCsv, rangeOfDay, withoutGaps } from './usage-days.ts'
import type { ClientActions } from './use-client-actions.ts'

/** Days that are looked at. */
const spans = [30, 90, 365] as const
const dayMs = 86_400_000
const measures = ['credits', 'calls'] as const

export function ClientUsage({ client, actions }: { client: Client; actions: ClientActions }) {
  const { t } = useTranslation('clients')
  const { orpc } = useApi()
  const [span, setSpan] = useState<(typeof spans)[number]>(30)
  // From the start of a day, so that the question stays the same.
  const [today] = useState(() => new Date().setHours(0, 0, 0, 0))
  const from = today - (span - 1) * dayMs
  const usage = useQuery(orpc.clients.usage.queryOptions({ input: { id: client.id, from }, staleTime: 5000 }))
  const { data: days } = usage
  return (
    <Stack gap="md">
      {client.quotas.length > 0 && (
        <div className={classes.bars} role="group" aria-label={t('quotas.title')}>
          {client.quotas.map((quota) => (
            <QuotaBar key={quota.duration} quota={quota} />
          ))}
        </div>
      )}
      <Group justify="space-between">
        <SegmentedControl
          size="xs"
          aria-label={t('usage.span')}
          data={spans.map((count) => ({ value: String(count), label: t('usage.days', { count }) }))}
          value={String(span)}
          onChange={(chosen) => setSpan(spans.find((count) => String(count) === chosen) ?? span)}
        />
        {days && days.length > 0 && <Buttons client={client} days={days} actions={actions} />}
      </Group>
      {usage.isError && <ErrorNotice error={usage.error} onRetry={() => void usage.refetch()} />}
      {usage.isPending && <SkeletonRows rows={4} />}
      {days?.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('usage.none')}
        </Text>
      )}
      {days && days.length > 0 && (
        <Days client={client.id} days={days} chart={withoutGaps(days, localTimeText(today).slice(0, 10), span)} />
      )}
      <Text size="xs" c="dimmed">
        {t('usage.how')}
      </Text>
    </Stack>
  )
}

function Buttons({ client, days, actions }: { client: Client; days: readonly ClientDay[]; actions: ClientActions }) {
  const { t } = useTranslation('clients')
  return (
    <Group gap="xs">
      <Button
        size="compact-sm"
        variant="default"
        leftSection={<IconDownload size={14} />}
        onClick={() => download(`keywheel-client-${client.id}.csv`, 'text/csv', daysCsv(days))}
      >
        {t('usage.export')}
      </Button>
      <ForgetUsage client={client} actions={actions} />
    </Group>
  )
}

function Days({ client, days, chart }: { client: string; days: readonly ClientDay[]; chart: readonly ClientDay[] }) {
  const { t, i18n } = useTranslation('clients')
  const [measure, setMeasure] = useState<(typeof measures)[number]>('credits')
  const credits = (value: number) => formatCredits(value, i18n.language)
  return (
    <>
      <Group justify="space-between">
        <Text size="sm" fw={600}>
          {t('usage.title')}
        </Text>
        <SegmentedControl
          size="xs"
          aria-label={t('usage.measure')}
          data={measures.map((name) => ({ value: name, label: t(`usage.${name}`) }))}
          value={measure}
          onChange={(chosen) => setMeasure(measures.find((name) => name === chosen) ?? measure)}
        />
      </Group>
      {/* The table says the same to a screen reader. */}
      <div aria-hidden>
        <Drawing
          kind="bars"
          series={[{ name: measure, look: mainLook }]}
          steps={chart.map((day) => ({ at: Date.parse(day.day), end: Date.parse(day.day) + dayMs, values: [day[measure]] }))}
          fillOf={({ color }) => color}
          namedOf={(most) =>
            chart.filter((_, index) => index % Math.ceil(chart.length / most) === 0).map(({ day }) => Date.parse(day))
          }
          nameOf={(at) => timeTick(at, { bucket: 'day', zone: 'UTC' }, i18n.language)}
          valueText={measure === 'credits' ? credits : (calls) => formatShort(calls, i18n.language)}
        />
      </div>
      <div className={classes.days} tabIndex={0} role="region" aria-label={t('usage.title')}>
        <Table aria-label={t('usage.title')} stickyHeader>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('usage.day')}</Table.Th>
              <Table.Th className={classes.number}>{t('usage.calls')}</Table.Th>
              <Table.Th className={classes.number}>{t('usage.credits')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {days.toReversed().map((day) => (
              <Table.Tr key={day.day}>
                <Table.Td>{day.day}</Table.Td>
                <Table.Td className={classes.number}>
                  <Anchor inherit href={hrefOf('traffic', { client, range: rangeText(rangeOfDay(day.day)) })}>
                    {formatCount(day.calls, i18n.language)}
                  </Anchor>
                </Table.Td>
                <Table.Td className={classes.number}>{credits(day.credits)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </>
  )
}
