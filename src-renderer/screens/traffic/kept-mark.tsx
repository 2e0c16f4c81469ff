/** An answer that was kept: no key was tried. */
import { IconArchive } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import classes from './traffic.module.css'

export function KeptMark() {
  const { t } = useTranslation('traffic')
  return (
    <span data-tip={t('cache.hit')} className={classes.outcome}>
      <IconArchive size={14} aria-hidden />
      {t('cache.mark')}
    </span>
  )
}
