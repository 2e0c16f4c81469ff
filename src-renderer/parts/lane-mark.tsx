/** Marks what is done in the background; interactive is the rule and goes without a mark. */
import { IconMoon } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { RequestRow } from '../../src-preload/contract/index.ts'
import classes from './lane-mark.module.css'

export function LaneMark({ lane }: Pick<RequestRow, 'lane'>) {
  const { t } = useTranslation()
  if (lane === 'interactive') return null
  return <IconMoon size={13} className={classes.mark} role="img" aria-label={t('lanes.background')} />
}
