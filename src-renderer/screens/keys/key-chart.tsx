/** Calls with a key in the last 24 hours, hour by hour, the failed ones in red; the same numbers as a table for whoever cannot see it. */
import { BarChart } from '@mantine/charts'
import { Anchor, Group, Stack, Text, Title, VisuallyHidden } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { KeyFigures } from '../../../src-preload/contract/index.ts'
import { formatClock, formatCount, formatPercent, formatShort } from '../../format.ts'
import { hrefOf } from '../../route.ts'

const hourMs = 3_600_000

/** `at` = when the figures were true, wall ms. */
export function KeyChart({ figures, at }: { figures: KeyFigures; at: number }) {
  const { t, i18n } = useTranslation(['keys'])
  const { id, attempts, failed, tokensToday } = figures
  const { language } = i18n
  const traffic = (more: object = {}) => hrefOf('traffic', { key: id, range: '24h', ...more })
  return (
    <Stack gap="xs" component="section" aria-label={t('chart.title')}>
      <Group justify="space-between">
        <Title order={3}>{t('chart.title')}</Title>
        <Group gap="md">
          <Anchor size="sm" href={traffic()}>
            {t('chart.calls', { count: attempts, calls: formatCount(attempts, language) })}
          </Anchor>
          {failed > 0 && (
            <Anchor size="sm" href={traffic({ outcome: 'failed' })}>
              {t('chart.failed', { failed: formatCount(failed, language), share: formatPercent(failed / attempts, language) })}
            </Anchor>
          )}
          <Text size="sm">{t('chart.tokens', { tokens: formatShort(tokensToday, language) })}</Text>
        </Group>
      </Group>
      {attempts === 0 ? (
        <Text size="sm" c="dimmed">
          {t('chart.none')}
        </Text>
      ) : (
        <Bars figures={figures} at={at} />
      )}
    </Stack>
  )
}

function Bars({ figures: { hours, failedHours }, at }: { figures: KeyFigures; at: number }) {
  const { t, i18n } = useTranslation(['keys'])
  const start = Math.floor(at / hourMs) * hourMs - (hours.length - 1) * hourMs
  const rows = hours.map((count, index) => {
    const failed = failedHours[index] ?? 0
    return { hour: formatClock(start + index * hourMs, at, i18n.language), ok: count - failed, failed }
  })
  return (
    <>
      <div aria-hidden>
        <BarChart
          h={130}
          data={rows}
          dataKey="hour"
          type="stacked"
          series={[
            { name: 'ok', label: t('chart.ok'), color: 'indigo.4' },
            { name: 'failed', label: t('chart.notOk'), color: 'red.6' },
          ]}
          accessibilityLayer={false}
          valueFormatter={(value) => formatShort(value, i18n.language)}
          xAxisProps={{ interval: 5 }}
          yAxisProps={{ width: 34, allowDecimals: false }}
        />
      </div>
      <VisuallyHidden>
        <table>
          <caption>{t('chart.title')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('chart.hour')}</th>
              <th scope="col">{t('chart.ok')}</th>
              <th scope="col">{t('chart.notOk')}</th>
            </tr>
          </thead>
          <tbody>
            {rows
              .filter(({ ok, failed }) => ok + failed > 0)
              .map(({ hour, ok, failed }) => (
                <tr key={hour}>
                  <th scope="row">{hour}</th>
                  <td>{ok}</td>
                  <td>{failed}</td>
                </tr>
              ))}
          </tbody>
        </table>
      </VisuallyHidden>
    </>
  )
}
