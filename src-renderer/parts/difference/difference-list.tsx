/** What changes, old beside new. */
import { VisuallyHidden } from '@mantine/core'
import { IconArrowRight } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import classes from './difference.module.css'
import type { Difference } from './difference.ts'

export function DifferenceList({ differences }: { differences: readonly Difference[] }) {
  return (
    <dl className={classes.list}>
      {differences.map((difference) => (
        <div key={difference.name} className={classes.row}>
          <dt className={classes.name}>{difference.name}</dt>
          <dd className={classes.values}>
            <DifferenceValues {...difference} />
          </dd>
        </div>
      ))}
    </dl>
  )
}

/** Marked by an arrow and a line through what goes, so that colour says nothing alone. */
export function DifferenceValues({ before, after }: Pick<Difference, 'before' | 'after'>) {
  const { t } = useTranslation()
  return (
    <>
      {before.length > 0 && (
        <del className={classes.before}>
          <VisuallyHidden>{t('difference.before')} </VisuallyHidden>
          <Lines lines={before} />
        </del>
      )}
      <IconArrowRight size={14} className={classes.arrow} aria-hidden />
      {after.length > 0 ? (
        <ins className={classes.after}>
          <VisuallyHidden>{t('difference.after')} </VisuallyHidden>
          <Lines lines={after} />
        </ins>
      ) : (
        <span className={classes.gone}>{t('difference.gone')}</span>
      )}
    </>
  )
}

function Lines({ lines }: { lines: readonly string[] }) {
  return lines.map((line, at) => (
    <span key={at} className={classes.line}>
      {line}
    </span>
  ))
}
