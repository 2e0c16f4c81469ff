/** An answer that was kept: no key was tried. */
import { Tooltip } from '@mantine/core'
import { IconArchive } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import classes from './traffic.module.css'

export function KeptMark() {
  const { t } = useTranslation('traffic')
  return (
    <Tooltip label={t('cache.hit')}>
      <span className={classes.outcome}>
        <IconArchive size={14} aria-hidden />
        {t('cache.mark')}
      </span>
    </Tooltip>
  )
}
