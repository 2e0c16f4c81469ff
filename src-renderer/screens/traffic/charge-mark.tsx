/** An attempt that may have been charged for: an icon of its own, and the words. */
import { Text } from '@mantine/core'
import { IconCoin } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Attempt } from '../../../src-preload/contract/index.ts'
import classes from './traffic.module.css'

/** In a row: how many of its attempts; nothing where there are none. */
export function ChargeMark({ count }: { count: number }) {
  const { t } = useTranslation('traffic')
  if (count === 0) return null
  const words = t('billed.count', { count })
  return (
    <span data-tip={words}>
      <IconCoin size={14} className={classes.mark} role="img" aria-label={words} />
    </span>
  )
}

/** At an attempt; what was answered well is charged, and that goes without saying. */
export function ChargeText({ attempt: { billed, outcome } }: { attempt: Attempt }) {
  const { t } = useTranslation('traffic')
  if (billed === undefined || billed === 'no' || (billed === 'yes' && outcome === 'ok')) return null
  return (
    <Text data-tip={t(`billed.means.${billed}`)} size="sm" span className={classes.charge}>
      <IconCoin size={14} className={classes.mark} aria-hidden /> {t(`billed.${billed}`)}
    </Text>
  )
}
