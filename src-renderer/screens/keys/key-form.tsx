/** What a person says about a key: names, pools, rank, expiry. */
import { MultiSelect, NumberInput, SimpleGrid, Stack, TagsInput, Textarea, TextInput, Title } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Key, KeyPatch } from '../../../src-preload/contract/index.ts'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { fieldErrors, problemOf } from '../../parts/problem.ts'
import { SaveBar } from '../../parts/save-bar.tsx'
import { toastDone } from '../../parts/toast.tsx'
import { useApi } from '../../queries/api.tsx'
import { confirmAudience } from './confirm-audience.tsx'
import { draftOf, type KeyDraft, patchOf } from './key-draft.ts'

export function KeyForm({ entry }: { entry: Key }) {
  const { t } = useTranslation(['keys'])
  const { orpc } = useApi()
  const pools = useQuery(orpc.pools.list.queryOptions()).data ?? []
  const form = useForm<KeyDraft>({ mode: 'controlled', initialValues: draftOf(entry) })
  const save = useSave(entry.id, (saved) => {
    form.setInitialValues(draftOf(saved))
    form.resetDirty(draftOf(saved))
  })
  const submit = form.onSubmit((draft) =>
    save.mutate(
      { patch: patchOf(form.getInitialValues(), draft), confirmed: false },
      { onError: (error) => form.setErrors(fieldErrors(error)) },
    ),
  )
  return (
    <form onSubmit={submit} aria-label={t('drawer.details')}>
      <Stack gap="sm">
        <Title order={3}>{t('drawer.details')}</Title>
        <TextInput label={t('drawer.label')} maxLength={128} required {...form.getInputProps('label')} />
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
          type="datetime-local"
          label={t('drawer.expires')}
          description={t('drawer.expiresHelp')}
          {...form.getInputProps('expires')}
        />
        <Textarea label={t('drawer.notes')} autosize minRows={2} maxLength={4000} {...form.getInputProps('notes')} />
        {save.error && problemOf(save.error).code !== 'AUDIENCE_MISMATCH' && <ErrorNotice error={save.error} />}
        <SaveBar
          dirty={form.isDirty()}
          valid={form.values.label.trim() !== ''}
          saving={save.isPending}
          onSave={() => submit()}
          onDiscard={form.reset}
        />
      </Stack>
    </form>
  )
}

function useSave(id: string, onSaved: (key: Key) => void) {
  const { t } = useTranslation(['keys', 'common'])
  const { client, orpc } = useApi()
  const save = useMutation({
    mutationFn: ({ patch, confirmed }: { patch: KeyPatch; confirmed: boolean }) =>
      client.keys.update({ id, ...patch, ...(confirmed && { confirmAudience: true }) }),
    onSuccess: (saved, _input, _result, { client: cache }) => {
      cache.setQueryData(orpc.keys.get.queryKey({ input: { id } }), saved)
      void cache.invalidateQueries({ queryKey: orpc.keys.list.key() })
      void cache.invalidateQueries({ queryKey: orpc.pools.key() })
      toastDone(t('drawer.saved'))
      onSaved(saved)
    },
    onError: (error, { patch }) => {
      if (problemOf(error).code === 'AUDIENCE_MISMATCH') confirmAudience(t, () => save.mutate({ patch, confirmed: true }))
    },
  })
  return save
}
