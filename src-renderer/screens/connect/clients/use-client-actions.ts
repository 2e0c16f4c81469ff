/** Making, changing, renewing, revoking and removing clients. Tokens pass through and are kept nowhere. */
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Client, ClientCreated } from '../../../../src-preload/contract/index.ts'
import { toastDone } from '../../../parts/toast.tsx'
import { useApi } from '../../../queries/api.tsx'
import { type ClientDraft, createOf, patchOf } from './client-draft.ts'

export interface ClientActions {
  /** Each gives back null when it failed; `error` then says why. */
  create: (draft: ClientDraft) => Promise<ClientCreated | null>
  update: (client: Client, before: ClientDraft, draft: ClientDraft) => Promise<Client | null>
  /** A new token; the old one is worth nothing at once. */
  rotate: (client: Client) => Promise<ClientCreated | null>
  revoke: (client: Client) => Promise<Client | null>
  remove: (client: Client) => Promise<boolean>
  /** The days of a span, both ends included; all of them without ends. */
  forgetUsage: (client: Client, span: { from?: number; to?: number }) => Promise<boolean>
  error: unknown
  busy: boolean
}

export function useClientActions(): ClientActions {
  const { t } = useTranslation('clients')
  const { client: api, orpc } = useApi()
  const cache = useQueryClient()
  const [state, setState] = useState<{ error: unknown; busy: boolean }>({ error: null, busy: false })
  const attempt = async <Result>(run: () => Promise<Result>, done: string | null): Promise<Result | null> => {
    setState({ error: null, busy: true })
    try {
      const result = await run()
      await Promise.all([
        cache.invalidateQueries({ queryKey: orpc.clients.key() }),
        cache.invalidateQueries({ queryKey: orpc.approvals.key() }),
      ])
      setState({ error: null, busy: false })
      if (done !== null) toastDone(done)
      return result
    } catch (error) {
      setState({ error, busy: false })
      return null
    }
  }
  return {
    ...state,
    create: (draft) => attempt(() => api.clients.create(createOf(draft)), null),
    update: ({ id }, before, draft) => attempt(() => api.clients.update({ id, ...patchOf(before, draft) }), t('saved')),
    rotate: ({ id }) => attempt(() => api.clients.rotate({ id }), null),
    revoke: ({ id, name }) => attempt(() => api.clients.revoke({ id }), t('revoked', { name })),
    remove: async ({ id, name }) => (await attempt(() => api.clients.remove({ id }), t('removed', { name }))) !== null,
    forgetUsage: async ({ id, name }, span) =>
      (await attempt(() => api.clients.forgetUsage({ id, ...span }), t('usage.forgotten', { name }))) !== null,
  }
}
