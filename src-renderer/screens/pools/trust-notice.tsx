/** Keys that are bound to a pool's former address, and the way to let them go to the present one. */
import { Alert, Button, Group, Text } from '@mantine/core'
import { IconShieldQuestion } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Pool } from '../../../src-preload/contract/index.ts'
import { useTrust } from './use-trust.ts'

export function TrustNotice({ pool }: { pool: Pool }) {
  const { t } = useTranslation(['pools'])
  const trust = useTrust(pool.slug)
  if (pool.untrustedKeys === 0) return null
  return (
    <Alert color="amber" icon={<IconShieldQuestion />} title={t('trust.title', { count: pool.untrustedKeys })}>
      <Group justify="space-between" gap="sm">
        <Text size="sm">{t('trust.text', { origin: new URL(pool.baseUrl).origin })}</Text>
        <Button size="compact-sm" variant="default" onClick={() => trust.mutate()} loading={trust.isPending}>
          {t('trust.action')}
        </Button>
      </Group>
    </Alert>
  )
}
