/** What a person says about a key: names, pools, rank. */
import { MultiSelect, NumberInput, SimpleGrid, Stack, TagsInput, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useApi } from '../../queries/api.tsx'
import type { KeyFormState } from './use-key-form.ts'

export function KeyForm({ form }: { form: KeyFormState }) {
  const { t } = useTranslation(['keys'])
  const { orpc } = useApi()
  const pools = useQuery(orpc.pools.list.queryOptions()).data ?? []
  return (
    <Stack gap="sm">
      <TextInput label={t('drawer.label')} required {...form.getInputProps('label')} />
      <MultiSelect
        label={t('drawer.pools')}
        data={pools.map((pool) => ({ value: pool.slug, label: pool.name }))}
        {...form.getInputProps('pools')}
      />
      <TagsInput label={t('drawer.tags')} description={t('drawer.tagsHelp')} maxTags={32} {...form.getInputProps('tags')} />
      <SimpleGrid cols={2}>
        <NumberInput
          label={t('drawer.priority')}
          description={t('drawer.priorityHelp')}
          allowDecimal={false}
          {...form.getInputProps('priority')}
        />
        <NumberInput
          label={t('drawer.weight')}
          description={t('drawer.weightHelp')}
          allowDecimal={false}
          min={0}
          {...form.getInputProps('weight')}
        />
      </SimpleGrid>
      <TextInput
        label={t('drawer.identifier')}
        description={t('drawer.identifierHelp')}
        maxLength={128}
        spellCheck={false}
        {...form.getInputProps('identifier')}
      />
      <Textarea label={t('drawer.notes')} autosize minRows={2} maxRows={12} {...form.getInputProps('notes')} />
    </Stack>
  )
}
