/** Connect. */
import { useTranslation } from 'react-i18next'
import { Page } from '../../parts/page.tsx'
import { SkeletonRows } from '../../parts/skeletons.tsx'

export function ConnectScreen() {
  const { t } = useTranslation()
  return (
    <Page title={t('places.connect')}>
      <SkeletonRows />
    </Page>
  )
}
