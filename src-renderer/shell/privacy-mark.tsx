/** Says in the header that privacy mode is on, and leaves it; nothing while it is off. */
import { Button } from '@mantine/core'
import { IconEyeOff } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { usePrivacy } from '../privacy/privacy.ts'

export function PrivacyMark() {
  const { t } = useTranslation('shell')
  const [on, set] = usePrivacy()
  if (!on) return null
  return (
    <Button
      variant="light"
      color="amber"
      size="compact-sm"
      leftSection={<IconEyeOff size={15} />}
      onClick={() => set(false)}
      title={t('privacy.leave')}
      aria-label={t('privacy.leave')}
    >
      {t('privacy.on')}
    </Button>
  )
}
