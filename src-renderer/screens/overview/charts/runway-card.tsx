/** Runway: which accounts' limits end first at the present pace. */
import { Button, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Runway } from '../../../../src-preload/contract/index.ts'
import { formatClock, formatCount, formatDateTime, formatPercent, formatPool } from '../../../format.ts'
import { CardSkeleton } from '../../../parts/charts/card-skeleton.tsx'
import { ChartCard } from '../../../parts/charts/chart-card.tsx'
import classes from '../../../parts/charts/charts.module.css'
import type { Figures } from '../../../parts/charts/figures.ts'
import { ErrorNotice } from '../../../parts/error-notice.tsx'
import { MeterBar } from '../../../parts/limits/meter-bar.tsx'
import { meterShare } from '../../../parts/limits/meters.ts'
import { useMeterWords } from '../../../parts/limits/use-meter-words.ts'
import { useApi } from '../../../queries/api.tsx'
import { hrefOf, navigate } from '../../../route.ts'
import overview from '../overview.module.css'
import { runwayOf } from '../questions.ts'
import type { Scope } from '../scope.ts'

/** Rows that fit in the height of the charts beside. */
const shown = 4

type Row = Runway['rows'][number]

const accountHref = ({ pool }: Row) => hrefOf('keys', { pool, view: 'accounts' })

export function RunwayCard({ scope: { pool, now } }: { scope: Scope }) {
  const { t } = useTranslation('overview')
  const { orpc } = useApi()
  const answer = useQuery(runwayOf(orpc, pool))
  const says = useRunwaySentence(answer.data, now)
  const figures = useRunwayFigures(answer.data?.rows ?? [])
  if (answer.isError) return <ErrorNotice error={answer.error} onRetry={() => void answer.refetch()} />
  if (!answer.data) return <CardSkeleton />
  const { rows } = answer.data
  return (
    <ChartCard
      title={t('runway.title')}
      how={t('runway.how')}
      says={says}
      file="runway"
      empty={rows.length === 0 ? <NoLimits pool={pool} /> : null}
      chart={
        <ul className={overview.lasting}>
          {rows.slice(0, shown).map((row) => (
            <li key={`${row.pool} ${row.account}`}>
              <a className={`${classes.link} ${classes.label}`} href={accountHref(row)} title={row.account}>
                {row.account}
              </a>
              <MeterBar meter={row.meter} named />
            </li>
          ))}
        </ul>
      }
      figures={() => figures}
    />
  )
}

function NoLimits({ pool }: { pool: string | null }) {
  const { t } = useTranslation('overview')
  return (
    <Stack gap="xs" align="center">
      <Text size="sm">{t('runway.none')}</Text>
      <Button variant="default" size="compact-sm" onClick={() => navigate('keys', pool === null ? {} : { pool, sheet: 'pool' })}>
        {t('runway.set')}
      </Button>
    </Stack>
  )
}

function useRunwaySentence(runway: Runway | undefined, now: number): string {
  const { t, i18n } = useTranslation('overview')
  if (!runway) return ''
  const { usedUp, next, accounts, limited } = runway
  const count = (value: number) => formatCount(value, i18n.language)
  const parts = [
    t('runway.limited', { limited: count(limited), count: accounts, text: count(accounts) }),
    usedUp > 0 && t('runway.usedUp', { count: usedUp, text: count(usedUp) }),
    next
      ? t('runway.next', { account: next.account, time: formatClock(next.endsAt, now, i18n.language) })
      : t(usedUp > 0 ? 'runway.othersLast' : 'runway.lasts'),
  ]
  return parts.filter(Boolean).join(' ')
}

function useRunwayFigures(rows: readonly Row[]): Figures {
  const { t, i18n } = useTranslation('overview')
  const words = useMeterWords()
  const time = (at: number | null) => (at === null ? '' : formatDateTime(at, i18n.language))
  return {
    head: { label: t('runway.account'), names: ['account', 'pool', 'limit'] },
    columns: [
      { name: 'used_share', label: t('runway.used'), text: (value) => formatPercent(value, i18n.language) },
      { name: 'ends_at_ms', label: t('runway.ends'), text: time },
      { name: 'resets_at_ms', label: t('runway.resets'), text: time },
    ],
    rows: rows.map((row) => ({
      id: `${row.pool} ${row.account}`,
      label: `${row.account} · ${words.full(row.meter)}`,
      href: accountHref(row),
      filed: [row.account, formatPool(row.pool), words.full(row.meter)],
      cells: [{ value: meterShare(row.meter) }, { value: row.meter.endsAt }, { value: row.meter.resetsAt }],
    })),
  }
}
