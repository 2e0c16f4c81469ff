/** The model of a request in the log; where another one answered than was asked for, both. */
import { IconArrowFork } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { RequestRow } from '../../../src-preload/contract/index.ts'
import { fellBack, isSameModel } from './fell-back.ts'
import classes from './traffic.module.css'

export function ModelCell({ row }: { row: RequestRow }) {
  const { t } = useTranslation(['traffic'])
  const { modelAsked, modelServed, path } = row
  if (modelAsked !== null && modelServed !== null && !fellBack(row) && !isSameModel(modelAsked, modelServed)) {
    const words = t('askedAs', { model: modelAsked })
    return (
      <span title={`${modelServed} ${words}`}>
        {modelServed} <span className={classes.dimmed}>{words}</span>
      </span>
    )
  }
  if (modelAsked === null || !fellBack(row)) return modelServed ?? modelAsked ?? <span className={classes.dimmed}>{path}</span>
  const words = t('insteadOf', { model: modelAsked })
  return (
    <span title={`${modelServed} ${words}`}>
      <IconArrowFork size={14} className={classes.mark} aria-hidden /> {modelServed}{' '}
      <span className={classes.dimmed}>{words}</span>
    </span>
  )
}
