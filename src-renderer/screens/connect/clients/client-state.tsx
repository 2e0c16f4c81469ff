/** Whether a client's token works: a word and an icon. */
import { IconBan, IconCircleCheck, IconClockOff } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Client } from '../../../../src-preload/contract/index.ts'
import { formatDateTime } from '../../../format.ts'
import { useNow } from '../../../parts/use-now.ts'
import classes from './clients.module.css'

const icons = { active: IconCircleCheck, ended: IconClockOff, revoked: IconBan } as const satisfies Record<
  Client['state'],
  unknown
>

/** Its state as of now: a list may be older than a client's end. */
export function useClientState({ state, expiresAt }: Pick<Client, 'state' | 'expiresAt'>): Client['state'] {
  const now = useNow()
  return state === 'active' && expiresAt !== null && expiresAt <= now ? 'ended' : state
}

export function ClientState({ client }: { client: Client }) {
  const { t, i18n } = useTranslation('clients')
  const state = useClientState(client)
  const Icon = icons[state]
  const since = state === 'revoked' ? client.revokedAt : state === 'ended' ? client.expiresAt : null
  const means = since === null ? t(`statesMean.${state}`) : t('since', { at: formatDateTime(since, i18n.language) })
  return (
    <span data-tip={means} data-tip-by="any" className={classes.state} data-state={state}>
      <Icon size={15} aria-hidden />
      {t(`states.${state}`)}
    </span>
  )
}
