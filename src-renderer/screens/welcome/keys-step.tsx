/** The first keys: pasted, or those of the demo pool. */
import { Button, Divider, Group, Stack, Text } from '@mantine/core'
import { IconFlask } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Pool, Provider } from '../../../src-preload/contract/index.ts'
import { toastError } from '../../parts/toast.tsx'
import { useApi } from '../../queries/api.tsx'
import { AddForm } from '../keys/add/add-form.tsx'
import { AddResult } from '../keys/add/add-result.tsx'
import { useAddKeys } from '../keys/add/use-add-keys.ts'

export interface KeysStepProps {
  pools: readonly Pool[]
  providers: readonly Provider[]
  /** Own keys can be kept. */
  unlocked: boolean
  /** Called with the slug of the pool to use in the next step. */
  onPool: (slug: string) => void
  onMore: () => void
  /** Shows the form (true) or only what came of it. */
  editing: boolean
}

export function KeysStep({ pools, providers, unlocked, onPool, onMore, editing }: KeysStepProps) {
  const { t } = useTranslation(['welcome'])
  const { added, error, busy, add, checkRest, again } = useAddKeys(pools, providers)
  if (added)
    return (
      <Stack>
        <AddResult added={added} onCheckRest={checkRest} />
        <Group>
          <Button variant="default" onClick={again}>
            {t('keys.more')}
          </Button>
        </Group>
      </Stack>
    )
  if (!editing)
    return (
      <Button variant="default" onClick={onMore}>
        {t('keys.more')}
      </Button>
    )
  return (
    <Stack gap="md">
      {unlocked ? (
        <AddForm
          pools={pools}
          providers={providers}
          pool={null}
          busy={busy}
          error={error}
          onSubmit={(content, target, parts, tags) => void add(content, target, parts, tags).then((slug) => slug && onPool(slug))}
        />
      ) : (
        <Text size="sm" c="dimmed">
          {t('keys.lockFirst')}
        </Text>
      )}
      {!pools.some((pool) => pool.provider === 'demo') && (
        <>
          {unlocked && <Divider label={t('keys.or')} />}
          <Demo onPool={onPool} />
        </>
      )}
    </Stack>
  )
}

function Demo({ onPool }: { onPool: (slug: string) => void }) {
  const { t } = useTranslation(['welcome'])
  const { client, orpc } = useApi()
  const demo = useMutation({
    mutationFn: () => client.pools.demo(),
    onSuccess: async (pool, _input, _result, { client: cache }) => {
      await cache.invalidateQueries({ queryKey: orpc.pools.key() })
      await cache.invalidateQueries({ queryKey: orpc.keys.key() })
      onPool(pool.slug)
    },
    onError: (error) => toastError(error),
  })
  return (
    <Group justify="space-between" gap="sm">
      <Text size="sm">{t('keys.demoText')}</Text>
      <Button variant="default" leftSection={<IconFlask size={15} />} onClick={() => demo.mutate()} loading={demo.isPending}>
        {t('keys.demo')}
      </Button>
    </Group>
  )
}
