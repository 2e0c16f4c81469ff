/** The one local address, and the chosen pool's path below it. */
import { Button, Group, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Pool } from '../../../src-preload/contract/index.ts'
import { formatPool } from '../../format.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { Section } from '../../parts/page.tsx'
import { useProxySwitch } from '../../queries/use-proxy-switch.ts'
import classes from './connect.module.css'
import { useProxyUrl } from './use-proxy-url.ts'

export function AddressCard({ pool }: { pool: Pool }) {
  const { t } = useTranslation(['connect', 'pools'])
  const { url, listening } = useProxyUrl()
  const { toggle, canToggle, pending } = useProxySwitch()
  return (
    <Section title={t('connect:address.title')} description={t('connect:address.text')}>
      <Address value={url} copyLabel={t('connect:address.copy')} />
      <div>
        <Text size="sm" c="dimmed" mb={4}>
          {t('connect:address.pool', pool)}
        </Text>
        <Address
          value={`${url}/${pool.slug}`}
          shown={`${url}/${formatPool(pool.slug)}`}
          copyLabel={t('connect:address.copyPool', pool)}
        />
      </div>
      <div>
        <Text size="sm" c="dimmed" mb={4}>
          {t('connect:address.unified')}
        </Text>
        <Address value={`${url}/v1`} copyLabel={t('connect:address.copyUnified')} />
      </div>
      {pool.state !== 'published' && (
        <Text size="sm">
          {pool.name}: {t(`pools:life.means.${pool.state}`)}
        </Text>
      )}
      {!listening && (
        <Group gap="sm">
          <Text size="sm">
            {t('connect:address.off')} {t('connect:address.later')}
          </Text>
          <Button size="compact-sm" onClick={toggle} disabled={!canToggle} loading={pending}>
            {t('connect:address.on')}
          </Button>
        </Group>
      )}
    </Section>
  )
}

/** `shown` = what stands there in its place. */
function Address({ value, shown = value, copyLabel }: { value: string; shown?: string; copyLabel: string }) {
  return (
    <div className={classes.address}>
      <code>{shown}</code>
      <CopyButton value={value} label={copyLabel} />
    </div>
  )
}
