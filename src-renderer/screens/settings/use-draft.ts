/** Settings that do not save themselves: what was changed and not saved yet survives a visit to another screen. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { type Settings, settingsSchema } from '../../../src-preload/contract/index.ts'
import { issueByField } from '../../parts/issues.ts'
import { toastDone, toastError } from '../../parts/toast.tsx'
import { useApi } from '../../queries/api.tsx'
import { forgetSettingsDraft, settingsDraft, settingsText } from '../../queries/settings-draft.ts'
import { useStore } from '../../shell/store.ts'
import { settingsOfJson } from './settings-json.ts'
import { useMovedPort } from './use-moved-port.ts'

export const defaultSettings: Settings = settingsSchema.parse({})

export interface Draft {
  /** As entered; undefined until the saved ones are known. */
  value: Settings | undefined
  set: <Field extends keyof Settings>(field: Field, value: Settings[Field]) => void
  /** Fields that differ from what is saved. */
  changes: Partial<Settings>
  dirty: boolean
  /** The first complaint about each field. */
  errors: Partial<Record<keyof Settings, string>>
  /** Everything could be saved. */
  valid: boolean
  /** What was typed as JSON is settings. */
  readable: boolean
  /** As JSON, as it was typed; null = the draft as it is. */
  text: string | null
  setText: (text: string) => void
  discard: () => void
}

/** What differs from what is saved. */
function changesOf(draft: Partial<Settings>, saved: Settings): Partial<Settings> {
  const differs = ([field, value]: [string, unknown]) => JSON.stringify(value) !== JSON.stringify(saved[field as keyof Settings])
  return Object.fromEntries(Object.entries(draft).filter(differs))
}

function errorsOf(changes: Partial<Settings>): Draft['errors'] {
  const checked = settingsSchema.partial().safeParse(changes)
  return issueByField(checked.error)
}

export function useDraft(): Draft {
  const { orpc } = useApi()
  const saved = useQuery(orpc.settings.get.queryOptions()).data
  const draft = useStore(settingsDraft)
  const typed = useStore(settingsText)
  const changes = saved ? changesOf(draft, saved) : {}
  const errors = errorsOf(changes)
  const readable = typed?.readable ?? true
  return {
    value: saved && { ...saved, ...changes },
    set(field, value) {
      settingsDraft.set({ ...settingsDraft.get(), [field]: value })
      settingsText.set(null)
    },
    changes,
    dirty: Object.keys(changes).length > 0 || !readable,
    errors,
    readable,
    valid: readable && Object.keys(errors).length === 0,
    text: typed?.text ?? null,
    setText(text) {
      const read = settingsOfJson(text)
      const whole = 'settings' in read
      settingsText.set({ text, readable: whole })
      if (whole) settingsDraft.set({ ...settingsDraft.get(), ...read.settings })
    },
    discard: forgetSettingsDraft,
  }
}

/** Saves what was changed; a changed port moves a proxy that is on. */
export function useSaveDraft(draft: Draft) {
  const { t } = useTranslation('settings')
  const { client, orpc } = useApi()
  const moveProxy = useMovedPort()
  return useMutation({
    mutationFn: (changes: Partial<Settings>) => client.settings.update(changes),
    onSuccess: (settings, changes, _result, context) => {
      context.client.setQueryData(orpc.settings.get.queryKey(), settings)
      draft.discard()
      void context.client.invalidateQueries({ queryKey: orpc.history.key() })
      toastDone(t('saved'))
      moveProxy(changes)
    },
    onError: (error) => toastError(error),
  })
}
