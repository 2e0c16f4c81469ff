/** The cells of a key in the list that can be chosen. Every number leads to the requests behind it. */
import { Badge } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Key, KeyFigures } from '../../../src-preload/contract/index.ts'
import { formatCount, formatPercent, formatPool, formatShort } from '../../format.ts'
import { Ago } from '../../parts/ago.tsx'
import { MeterMini } from '../../parts/limits/meter-mini.tsx'
import { Sparkline } from '../../parts/sparkline.tsx'
import { hrefOf, type Params } from '../../route.ts'
import type { KeyColumn } from './key-columns.ts'
import classes from './key-table.module.css'

interface CellProps {
  entry: Key
  /** Undefined = on their way. */
  figures: KeyFigures | undefined
}

type Known = { entry: Key; figures: KeyFigures }

export const keyCells: Record<KeyColumn, (props: CellProps) => ReactNode> = {
  provider: ({ entry }) => <Plain>{entry.provider}</Plain>,
  account: ({ entry }) => <Plain>{entry.account?.id ?? ''}</Plain>,
  pools: ({ entry }) => <Plain>{entry.pools.map(({ pool }) => formatPool(pool)).join(', ')}</Plain>,
  day: (props) => <Waiting {...props}>{(known) => <Day {...known} />}</Waiting>,
  success: (props) => <Waiting {...props}>{(known) => <Success {...known} />}</Waiting>,
  tokens: (props) => <Waiting {...props}>{(known) => <Tokens {...known} />}</Waiting>,
  used: ({ entry }) => <Ago at={entry.lastUsedAt} />,
  limit: (props) => (
    <Waiting {...props}>{({ figures }) => (figures.nearest ? <MeterMini meter={figures.nearest} /> : <None />)}</Waiting>
  ),
  tags: ({ entry }) => <Tags tags={entry.tags} />,
}

/** Columns of numbers stand at the right. */
export const numberColumns: ReadonlySet<KeyColumn> = new Set(['success', 'tokens'])

function Plain({ children }: { children: string }) {
  return (
    <span className={classes.plain} title={children}>
      {children}
    </span>
  )
}

function Waiting({ entry, figures, children }: CellProps & { children: (known: Known) => ReactNode }) {
  return figures ? children({ entry, figures }) : <span className={classes.waiting} aria-busy />
}

function None() {
  const { t } = useTranslation()
  return <span className={classes.dimmed}>{t('none')}</span>
}

/** To the requests of the last day that tried this key. */
function ToTraffic({ entry, more = {}, children, label }: { entry: Key; more?: Params; children: ReactNode; label: string }) {
  return (
    <a
      className={classes.number}
      href={hrefOf('traffic', { key: entry.id, range: '24h', ...more })}
      tabIndex={-1}
      aria-label={label}
      onClick={(event) => event.stopPropagation()}
    >
      {children}
    </a>
  )
}

function Day({ entry, figures }: Known) {
  const { t, i18n } = useTranslation(['keys'])
  const { attempts, failed, hours, failedHours } = figures
  const count = (number: number) => formatCount(number, i18n.language)
  const words = t('table.dayText', { count: attempts, attempts: count(attempts), failed: count(failed) })
  return (
    <span className={classes.day}>
      <Sparkline values={hours} failed={failedHours} label={words} />
      {attempts > 0 && (
        <ToTraffic entry={entry} label={words}>
          {formatShort(attempts, i18n.language)}
        </ToTraffic>
      )}
    </span>
  )
}

/** Quiet while all is well; a part that failed is coloured, and leads to what failed. */
function Success({ entry, figures: { attempts, failed } }: Known) {
  const { t, i18n } = useTranslation(['keys'])
  if (attempts === 0) return <None />
  const share = (attempts - failed) / attempts
  const level = share < 0.5 ? 'bad' : share < 0.9 ? 'warn' : 'well'
  const text = formatPercent(share, i18n.language)
  const words = t('table.successText', { share: text, failed: formatCount(failed, i18n.language) })
  return (
    <span className={classes.level} data-level={level}>
      <ToTraffic entry={entry} more={failed > 0 ? { outcome: 'failed' } : {}} label={words}>
        {text}
      </ToTraffic>
    </span>
  )
}

function Tokens({ entry, figures: { tokensToday } }: Known) {
  const { t, i18n } = useTranslation(['keys'])
  if (tokensToday === 0) return <None />
  return (
    <ToTraffic entry={entry} label={t('table.tokensText', { tokens: formatCount(tokensToday, i18n.language) })}>
      {formatShort(tokensToday, i18n.language)}
    </ToTraffic>
  )
}

/** The first one; the others are counted, and named on asking. */
function Tags({ tags }: { tags: readonly string[] }) {
  const [first] = tags
  if (first === undefined) return null
  return (
    <span className={classes.tagLine} title={tags.join(', ')}>
      <Badge size="sm" color="gray">
        {first}
      </Badge>
      {tags.length > 1 && <span className={classes.moreTags}>+{tags.length - 1}</span>}
    </span>
  )
}
