/** Asks before a key may be sent to an address that it has never been sent to. */
import { Text } from '@mantine/core'
import { modals } from '@mantine/modals'
import type { TFunction } from 'i18next'

export function confirmAudience(t: TFunction<['keys', 'common']>, onConfirm: () => void): void {
  modals.openConfirmModal({
    title: t('drawer.audience'),
    children: <Text size="sm">{t('drawer.audienceText')}</Text>,
    labels: { confirm: t('drawer.audienceYes'), cancel: t('common:cancel') },
    onConfirm,
  })
}
