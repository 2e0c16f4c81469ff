/** Calls with a key in the last 24 hours, hour by hour, the failed ones in red; each hour leads to its requests. */
import { Anchor, Group } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { KeyFigures } from '../../../src-preload/contract/index.ts'
import { formatCount, formatPercent, formatShort } from '../../format.ts'
import { badLook, mainLook } from '../../parts/charts/look.tsx'
import { busiest, type Step } from '../../parts/charts/steps.ts'
import { TimeChart } from '../../parts/charts/time-chart.tsx'
import { timeLabel } from '../../parts/charts/time-text.ts'
import { rangeText } from '../../parts/range.ts'
import { hrefOf, navigate, type Params } from '../../route.ts'

const hourMs = 3_600_000

/** `at` = when the figures were true, wall ms. */
export function KeyChart({ figures, at }: { figures: KeyFigures; at: number }) {
  const { t, i18n } = useTranslation(['keys', 'charts'])
  const { id, attempts, failed, tokensToday, hours, failedHours } = figures
  const short = (count: number) => formatShort(count, i18n.language)
  const count = (value: number | null) => formatCount(value, i18n.language)
  const params = (more: Params = {}) => ({ key: id, range: '24h', ...more })
  const during = (from: number, to: number) => ({ key: id, range: rangeText({ kind: 'custom', from, to }) })
  const start = Math.floor(at / hourMs) * hourMs - (hours.length - 1) * hourMs
  const steps = hours.map((calls, index): Step => {
    const bad = failedHours[index] ?? 0
    return { at: start + index * hourMs, end: start + (index + 1) * hourMs, values: [calls - bad, bad] }
  })
  const days = {
    bucket: 'hour' as const,
    every: 1,
    zone: 'UTC',
    starts: steps.map((step) => step.at),
    end: start + hours.length * hourMs,
  }
  const peak = busiest(steps)
  const says = [
    t('charts:says.attempts', {
      text: count(attempts),
      share: formatPercent(attempts === 0 ? null : failed / attempts, i18n.language),
    }),
    peak && t('charts:says.busiest', { text: short(peak.sum), time: timeLabel(peak.step, days, i18n.language) }),
  ]
  const traffic = (more?: Params) => hrefOf('traffic', params(more))
  return (
    <TimeChart
      title={t('keys:chart.title')}
      order={3}
      how={t('keys:chart.how')}
      says={says.filter(Boolean).join(' ')}
      note={
        <Group gap="md" fz="xs">
          <Anchor inherit href={traffic()}>
            {t('keys:chart.calls', { count: attempts, calls: count(attempts) })}
          </Anchor>
          <Anchor inherit href={traffic()}>
            {t('keys:chart.tokens', { tokens: short(tokensToday) })}
          </Anchor>
        </Group>
      }
      empty={attempts === 0 ? t('keys:chart.none') : null}
      file="key-calls"
      kind="bars"
      unit={{ text: count, tick: short }}
      series={[
        {
          name: 'answered',
          label: t('keys:chart.ok'),
          look: mainLook,
          value: count(attempts - failed),
          href: traffic({ outcome: 'ok' }),
        },
        {
          name: 'failed',
          label: t('keys:chart.notOk'),
          look: badLook,
          value: count(failed),
          href: traffic({ outcome: 'failed' }),
        },
      ]}
      steps={steps}
      days={days}
      hrefOf={(step) => hrefOf('traffic', during(step.at, step.end))}
      onZoom={(from, to) => navigate('traffic', during(from, to))}
    />
  )
}
