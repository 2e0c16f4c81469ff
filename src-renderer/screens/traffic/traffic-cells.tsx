/** The cells of a request in the log. */
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { RequestRow } from '../../../src-preload/contract/index.ts'
import { formatBytes, formatDuration, formatMoney, formatPool, formatShort } from '../../format.ts'
import { LaneMark } from '../../parts/lane-mark.tsx'
import { AttemptsDots } from './attempts-dots.tsx'
import { uncertainAttempts } from './billing.ts'
import { ChargeMark } from './charge-mark.tsx'
import { KeptMark } from './kept-mark.tsx'
import { ModelCell } from './model-cell.tsx'
import { OutcomeIcon } from './outcome.tsx'
import classes from './traffic.module.css'
import type { TrafficColumn } from './traffic-columns.ts'

interface CellProps {
  row: RequestRow
}

export const trafficCells: Record<TrafficColumn, (props: CellProps) => ReactNode> = {
  client: ClientCell,
  model: ModelCell,
  path: ({ row }) => <Text text={`${row.method} ${row.path}`} />,
  key: KeyCell,
  attempts: ({ row }) => (
    <>
      {row.cache === 'hit' ? <KeptMark /> : <AttemptsDots attempts={row.attempts} />}{' '}
      <ChargeMark count={uncertainAttempts(row)} />
    </>
  ),
  status: StatusCell,
  queued: ({ row }) => <Duration ms={row.msQueued} />,
  timing: ({ row }) => (
    <>
      <span className={classes.dimmed}>
        <Duration ms={row.msFirstByte} /> /{' '}
      </span>
      <Duration ms={row.msTotal} />
    </>
  ),
  tokens: TokensCell,
  size: SizeCell,
  cost: CostCell,
  error: ({ row }) => <Text text={row.errorCode ?? ''} />,
}

function Text({ text }: { text: string }) {
  return <span title={text}>{text}</span>
}

function Duration({ ms }: { ms: number | null }) {
  return formatDuration(ms, useTranslation().i18n.language)
}

function ClientCell({ row }: CellProps) {
  const { t } = useTranslation()
  return (
    <span title={row.clientName ?? undefined}>
      <LaneMark lane={row.lane} /> {row.clientName ?? t('none')}
    </span>
  )
}

function KeyCell({ row }: CellProps) {
  const { t } = useTranslation()
  const pool = formatPool(row.pool)
  return (
    <span title={`${pool} → ${row.keyLabel ?? ''}`}>
      <span className={classes.dimmed}>{pool} → </span>
      {row.keyLabel ?? t('none')}
    </span>
  )
}

function StatusCell({ row }: CellProps) {
  const { t } = useTranslation()
  return (
    <span className={classes.outcome} title={t(`outcomes.${row.outcome}`)}>
      <OutcomeIcon outcome={row.outcome} size={14} />
      {row.status ?? t('none')}
    </span>
  )
}

function TokensCell({ row }: CellProps) {
  const { language } = useTranslation().i18n
  return `${formatShort(row.inputTokens, language)} / ${formatShort(row.outputTokens, language)}`
}

function SizeCell({ row }: CellProps) {
  const { language } = useTranslation().i18n
  return `${formatBytes(row.bytesIn, language)} / ${formatBytes(row.bytesOut, language)}`
}

function CostCell({ row }: CellProps) {
  return formatMoney(row.costNanos, useTranslation().i18n.language)
}
