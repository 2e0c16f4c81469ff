/** Traffic. */
import { useTranslation } from 'react-i18next'
import { Page } from '../../parts/page.tsx'
import { SkeletonRows } from '../../parts/skeletons.tsx'

export function TrafficScreen() {
  const { t } = useTranslation()
  return (
    <Page title={t('places.traffic')}>
      <SkeletonRows />
    </Page>
  )
}
