/** How much of a key's limits is used: its own, then those of its account. */
import { Stack, Text, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Key, Meter } from '../../../src-preload/contract/index.ts'
import { MeterList } from '../../parts/limits/meter-list.tsx'

export function KeyUsage({ entry, meters }: { entry: Key; meters: readonly Meter[] }) {
  const { t } = useTranslation(['keys', 'limits'])
  const own = meters.filter(({ scope }) => scope === 'key')
  const shared = meters.filter(({ scope }) => scope === 'account')
  const { account } = entry
  return (
    <Stack gap="sm" component="section" aria-label={t('limits.used')}>
      <Title order={3}>{t('limits.used')}</Title>
      {meters.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('limits:noneYet')}
        </Text>
      )}
      {own.length > 0 && (
        <Stack gap="xs">
          <Text size="sm" fw={600}>
            {t('limits:ofKey')}
          </Text>
          <MeterList meters={own} />
        </Stack>
      )}
      {shared.length > 0 && (
        <Stack gap="xs">
          <Text size="sm" fw={600}>
            {account ? t('limits:ofAccount', { account: account.id }) : t('limits:ofOwnAccount')}
          </Text>
          <MeterList meters={shared} />
        </Stack>
      )}
    </Stack>
  )
}
