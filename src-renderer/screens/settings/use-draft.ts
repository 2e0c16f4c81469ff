/** Settings that do not save themselves: what was changed and not saved yet survives a visit to another screen. */
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { type Settings, settingsSchema } from '../../../src-preload/contract/index.ts'
import { toastDone, toastError } from '../../parts/toast.tsx'
import { useApi } from '../../queries/api.tsx'
import { settingsDraft } from '../../queries/settings-draft.ts'
import { useProxySwitch } from '../../queries/use-proxy-switch.ts'
import { useStore } from '../../shell/store.ts'

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
  discard: () => void
}

/** What differs from what is saved. */
function changesOf(draft: Partial<Settings>, saved: Settings): Partial<Settings> {
  const differs = ([field, value]: [string, unknown]) => JSON.stringify(value) !== JSON.stringify(saved[field as keyof Settings])
  return Object.fromEntries(Object.entries(draft).filter(differs))
}

function errorsOf(changes: Partial<Settings>): Draft['errors'] {
  const checked = settingsSchema.partial().safeParse(changes)
  return checked.success ? {} : Object.fromEntries(checked.error.issues.map((issue) => [String(issue.path[0]), issue.message]))
}

export function useDraft(): Draft {
  const { orpc } = useApi()
  const saved = useQuery(orpc.settings.get.queryOptions()).data
  const draft = useStore(settingsDraft)
  const changes = saved ? changesOf(draft, saved) : {}
  return {
    value: saved && { ...saved, ...changesOf(draft, saved) },
    set: (field, value) => settingsDraft.set({ ...settingsDraft.get(), [field]: value }),
    changes,
    dirty: Object.keys(changes).length > 0,
    errors: errorsOf(changes),
    discard: () => settingsDraft.set({}),
  }
}

/** Saves what was changed; a changed port moves a proxy that is on. */
export function useSaveDraft(draft: Draft) {
  const { t } = useTranslation('settings')
  const { client, orpc } = useApi()
  const { status, start } = useProxySwitch()
  return useMutation({
    mutationFn: (changes: Partial<Settings>) => client.settings.update(changes),
    onSuccess: (settings, changes, _result, context) => {
      context.client.setQueryData(orpc.settings.get.queryKey(), settings)
      draft.discard()
      toastDone(t('saved'))
      const listening = status?.port ?? null
      if (changes.proxyPort !== undefined && listening !== null && listening !== settings.proxyPort) start(settings.proxyPort)
    },
    onError: (error) => toastError(error),
  })
}
