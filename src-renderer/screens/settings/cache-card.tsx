/** Kept answers: how many there are, how much room they may take, and the way to be rid of them. */
import { Button, Group, NumberInput, Text } from '@mantine/core'
import { IconEraser } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { formatBytes } from '../../format.ts'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { Section } from '../../parts/page.tsx'
import { SkeletonRows } from '../../parts/skeletons.tsx'
import { toastDone, toastError } from '../../parts/toast.tsx'
import { useApi } from '../../queries/api.tsx'
import { FieldDefault } from './field-default.tsx'
import { type Draft, defaultSettings } from './use-draft.ts'

export function CacheCard({ draft }: { draft: Draft }) {
  const { t, i18n } = useTranslation('settings')
  const { client, orpc } = useApi()
  const info = useQuery(orpc.cache.info.queryOptions({ staleTime: 0 }))
  const clear = useMutation({
    mutationFn: () => client.cache.clear(),
    onSuccess: (_answer, _input, _result, context) => {
      toastDone(t('cache.cleared'))
      return context.client.invalidateQueries({ queryKey: orpc.cache.key() })
    },
    onError: (error) => toastError(error),
  })
  const { value, set, errors } = draft
  if (!value) return null
  return (
    <Section title={t('cache.title')} description={t('cache.text')}>
      {info.isError && <ErrorNotice error={info.error} onRetry={() => void info.refetch()} />}
      {info.isPending && <SkeletonRows rows={1} />}
      {info.data && (
        <Group gap="sm">
          <Text size="sm">
            {t('cache.kept', { count: info.data.entries, size: formatBytes(info.data.bytes, i18n.language) })}
          </Text>
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<IconEraser size={14} />}
            onClick={() => clear.mutate()}
            loading={clear.isPending}
            disabled={info.data.entries === 0}
          >
            {t('cache.clear')}
          </Button>
        </Group>
      )}
      <div>
        <NumberInput
          label={t('cache.size')}
          suffix={` ${t('data.megabytesUnit')}`}
          value={value.cacheMb}
          onChange={(megabytes) => set('cacheMb', Number(megabytes))}
          min={1}
          max={10_000}
          clampBehavior="none"
          allowDecimal={false}
          error={errors.cacheMb && t('data.range', { min: 1, max: 10_000 })}
          w={200}
        />
        <FieldDefault
          name={t('cache.size')}
          value={`${defaultSettings.cacheMb} ${t('data.megabytesUnit')}`}
          isDefault={value.cacheMb === defaultSettings.cacheMb}
          onReset={() => set('cacheMb', defaultSettings.cacheMb)}
        />
      </div>
    </Section>
  )
}
