/** The one local address, and the chosen pool's path below it. */
import { Button, Group, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Pool } from '../../../src-preload/contract/index.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Section } from '../../parts/page.tsx'
import { useProxySwitch } from '../../queries/use-proxy-switch.ts'
import classes from './connect.module.css'
import { useProxyUrl } from './use-proxy-url.ts'

export function AddressCard({ pool }: { pool: Pool }) {
  const { t } = useTranslation('connect')
  const { url, listening } = useProxyUrl()
  const { toggle, canToggle, pending } = useProxySwitch()
  return (
    <Section title={t('address.title')} description={t('address.text')}>
      <Address value={url} copyLabel={t('address.copy')} />
      <div>
        <Text size="sm" c="dimmed" mb={4}>
          {t('address.pool', pool)}
        </Text>
        <Address value={`${url}/${pool.slug}`} copyLabel={t('address.copyPool', pool)} />
      </div>
      <div>
        <Text size="sm" c="dimmed" mb={4}>
          {t('address.unified')}
        </Text>
        <Address value={`${url}/v1`} copyLabel={t('address.copyUnified')} />
      </div>
      {!listening && (
        <Group gap="sm">
          <Text size="sm">
            {t('address.off')} {t('address.later')}
          </Text>
          <Button size="compact-sm" onClick={toggle} disabled={!canToggle} loading={pending}>
            {t('address.on')}
          </Button>
        </Group>
      )}
    </Section>
  )
}

function Address({ value, copyLabel }: { value: string; copyLabel: string }) {
  return (
    <div className={classes.address}>
      <code>{value}</code>
      <CopyButton value={value} label={copyLabel} />
    </div>
  )
}
