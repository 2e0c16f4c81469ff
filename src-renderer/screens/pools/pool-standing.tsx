/** Whether programs can call a pool, and the buttons that change it. */
import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core'
import { IconArchive, IconSend } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Pool } from '../../../src-preload/contract/index.ts'
import { formatPool } from '../../format.ts'
import { privacy } from '../../privacy/privacy.ts'
import { PoolState } from './pool-state.tsx'
import type { PoolActions } from './use-pool-actions.ts'

export interface PoolStandingProps {
  pool: Pool
  /** The others, any of which may be its successor. */
  others: readonly Pool[]
  actions: PoolActions
}

export function PoolStanding({ pool, others, actions }: PoolStandingProps) {
  const { t } = useTranslation(['pools', 'common'])
  const [retiring, setRetiring] = useState(false)
  const { state, alias } = pool
  return (
    <Stack gap={4}>
      <Group gap="sm" justify="space-between">
        <Group gap="sm">
          <PoolState state={state} />
          <Text size="sm">
            <Standing pool={pool} />
          </Text>
        </Group>
        {state === 'published' ? (
          <Button size="compact-sm" variant="default" leftSection={<IconArchive size={14} />} onClick={() => setRetiring(true)}>
            {t('pools:life.retire')}
          </Button>
        ) : (
          <Button
            size="compact-sm"
            leftSection={<IconSend size={14} />}
            onClick={() => void actions.publish(pool)}
            loading={actions.busy}
          >
            {t(state === 'draft' ? 'pools:life.publish' : 'pools:life.publishAgain')}
          </Button>
        )}
      </Group>
      {alias !== null && (
        <Text size="xs" c="dimmed">
          {t('pools:life.alias', { alias })}
        </Text>
      )}
      <Modal
        opened={retiring}
        onClose={() => setRetiring(false)}
        title={t('pools:life.retireTitle', pool)}
        closeButtonProps={{ 'aria-label': t('common:close') }}
      >
        <Retire
          others={others}
          busy={actions.busy}
          onSubmit={(successor) => void actions.retire(pool, successor).then(() => setRetiring(false))}
        />
      </Modal>
    </Stack>
  )
}

function Standing({ pool: { state, successor } }: { pool: Pool }) {
  const { t } = useTranslation('pools')
  if (state === 'retired' && successor !== null) return t('life.retiredTo', { successor: formatPool(successor) })
  return t(`life.means.${state}`)
}

interface RetireProps {
  others: readonly Pool[]
  busy: boolean
  onSubmit: (successor: string | null) => void
}

function Retire({ others, busy, onSubmit }: RetireProps) {
  const { t } = useTranslation(['pools', 'common'])
  const [successor, setSuccessor] = useState<string | null>(null)
  return (
    <Stack gap="md">
      <Text size="sm">{t('pools:life.retireText')}</Text>
      <Select
        label={t('pools:life.successor')}
        placeholder={t('pools:life.noSuccessor')}
        data={others.map(({ slug, name }) => ({ value: slug, label: privacy.on() ? name : `${name} (${slug})` }))}
        value={successor}
        onChange={setSuccessor}
        clearable
        clearButtonProps={{ 'aria-label': t('common:clear') }}
      />
      <Group justify="flex-end">
        <Button onClick={() => onSubmit(successor)} loading={busy}>
          {t('pools:life.retireSubmit')}
        </Button>
      </Group>
    </Stack>
  )
}
