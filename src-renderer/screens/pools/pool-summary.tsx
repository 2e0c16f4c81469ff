/** The chosen pool in one line above its keys. */
import { Badge, Button, Code, Group, Stack, Text } from '@mantine/core'
import { IconFlask, IconSettings, IconShieldCheck } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Pool } from '../../../src-preload/contract/index.ts'
import { useProviderName } from '../../queries/use-provider-name.ts'
import { hrefOf, setParams } from '../../route.ts'
import { PoolCounts, type PoolView } from './pool-counts.tsx'
import { PoolState } from './pool-state.tsx'
import classes from './pool-summary.module.css'
import { RemoteMark } from './remote-mark.tsx'
import { TrustNotice } from './trust-notice.tsx'

export function PoolSummary({ pool, view }: { pool: Pool; view: PoolView }) {
  const { t } = useTranslation(['pools', 'common', 'playground'])
  const providerName = useProviderName()
  return (
    <Stack gap="xs">
      <Group gap="sm" wrap="nowrap" className={classes.line}>
        <Text fw={600} className={classes.name} truncate>
          {pool.name}
        </Text>
        <Badge color="gray" className={classes.fixed}>
          {providerName(pool.provider)}
        </Badge>
        <RemoteMark slug={pool.slug} />
        {pool.state !== 'published' && <PoolState state={pool.state} />}
        <Code className={classes.url}>{pool.baseUrl}</Code>
        <Text size="sm" c="dimmed" className={classes.strategy}>
          {t(`common:strategies.${pool.strategy}`)}
        </Text>
        <Group gap="xs" wrap="nowrap" ml="auto" className={classes.fixed}>
          {pool.state !== 'retired' && (
            <Button
              component="a"
              href={hrefOf('playground', { pool: pool.slug })}
              size="compact-sm"
              variant="default"
              leftSection={<IconFlask size={14} />}
            >
              {t('playground:tryPool')}
            </Button>
          )}
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconShieldCheck size={14} />}
            onClick={() => setParams({ sheet: 'drill' })}
            title={t('drill.help')}
          >
            {t('drill.button')}
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconSettings size={14} />}
            onClick={() => setParams({ sheet: 'pool' })}
          >
            {t('settings')}
          </Button>
        </Group>
      </Group>
      <PoolCounts pool={pool} view={view} />
      <TrustNotice pool={pool} />
    </Stack>
  )
}
