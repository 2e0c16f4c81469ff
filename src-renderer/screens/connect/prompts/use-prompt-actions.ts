/** Writing, publishing, retiring and deleting prompts. */
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Prompt } from '../../../../src-preload/contract/index.ts'
import { toastDone } from '../../../parts/toast.tsx'
import { useApi } from '../../../queries/api.tsx'
import { type PromptDraft, patchOf } from './prompt-draft.ts'

export interface PromptActions {
  /** Each gives back null when it failed; `error` then says why. */
  create: (draft: PromptDraft) => Promise<Prompt | null>
  update: (before: PromptDraft, draft: PromptDraft) => Promise<Prompt | null>
  publish: (slug: string, version: number) => Promise<Prompt | null>
  retire: (slug: string, successor: string | null) => Promise<Prompt | null>
  remove: (prompt: Prompt) => Promise<boolean>
  error: unknown
  busy: boolean
}

export function usePromptActions(): PromptActions {
  const { t } = useTranslation('gateway')
  const { client, orpc } = useApi()
  const cache = useQueryClient()
  const [state, setState] = useState<{ error: unknown; busy: boolean }>({ error: null, busy: false })
  const attempt = async <Result>(run: () => Promise<Result>, done: (result: Result) => string): Promise<Result | null> => {
    setState({ error: null, busy: true })
    try {
      const result = await run()
      await cache.invalidateQueries({ queryKey: orpc.prompts.key() })
      setState({ error: null, busy: false })
      toastDone(done(result))
      return result
    } catch (error) {
      setState({ error, busy: false })
      return null
    }
  }
  return {
    ...state,
    create: (draft) =>
      attempt(
        () => client.prompts.create(draft),
        ({ name }) => t('prompts.created', { name }),
      ),
    update: (before, draft) => {
      const patch = patchOf(before, draft)
      const { name: _name, description: _description, ...content } = patch
      const isVersion = Object.keys(content).length > 0
      return attempt(
        () => client.prompts.update({ slug: before.slug, ...patch }),
        ({ version }) => (isVersion ? t('prompts.savedVersion', { version }) : t('prompts.saved')),
      )
    },
    publish: (slug, version) =>
      attempt(
        () => client.prompts.publish({ slug, version }),
        ({ name }) => t('prompts.published', { name, version }),
      ),
    retire: (slug, successor) =>
      attempt(
        () => client.prompts.retire({ slug, successor }),
        ({ name }) => t('prompts.retired', { name }),
      ),
    remove: async ({ slug, name }) =>
      (await attempt(
        () => client.prompts.remove({ slug }),
        () => t('prompts.removed', { name }),
      )) !== null,
  }
}
