/** The one form behind all that a person says about a key, and its saving. */
import { type UseFormReturnType, useForm } from '@mantine/form'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Key, KeyPatch } from '../../../src-preload/contract/index.ts'
import { fieldErrors, problemOf } from '../../parts/problem.ts'
import { toastDone } from '../../parts/toast.tsx'
import { useApi } from '../../queries/api.tsx'
import { confirmAudience } from './confirm-audience.tsx'
import { draftErrors, draftOf, type KeyDraft, patchOf } from './key-draft.ts'

export type KeyFormState = UseFormReturnType<KeyDraft>

export function useKeyForm(entry: Key) {
  const form = useForm<KeyDraft>({ mode: 'controlled', initialValues: draftOf(entry) })
  const save = useSave(entry.id, (saved) => {
    form.setInitialValues(draftOf(saved))
    form.resetDirty(draftOf(saved))
  })
  const submit = form.onSubmit((draft) =>
    save.mutate(
      { patch: patchOf(form.getInitialValues(), draft), confirmed: false },
      { onError: (error) => form.setErrors(draftErrors(fieldErrors(error))) },
    ),
  )
  const asks = save.error !== null && problemOf(save.error).code === 'AUDIENCE_MISMATCH'
  return {
    form,
    submit,
    saving: save.isPending,
    /** What no field shows. */
    error: asks || Object.keys(form.errors).length > 0 ? null : save.error,
    valid: form.values.label.trim() !== '' && form.values.limits !== null,
  }
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
      void cache.invalidateQueries({ queryKey: orpc.keys.limits.key() })
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
