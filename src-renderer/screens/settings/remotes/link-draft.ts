/** How a server's pool shall be used here, while it is chosen. Pure. */
import type { LinkCreate, Provider, RemotePool } from '../../../../src-preload/contract/index.ts'
import { linkCreate } from '../../../../src-preload/contract/remote.ts'
import { issueByField } from '../../../parts/issues.ts'
import { slugFrom } from '../../keys/add/target.ts'

export interface LinkDraft {
  mode: LinkCreate['mode']
  pool: string
  provider: string
  /** Empty = the provider's own. */
  baseUrl: string
  /** Seconds; NaN while the field is empty. */
  interval: number
  report: boolean
}

/** The provider is guessed from what the server says its clients are. */
export function linkDraftOf({ identifier, clientType }: RemotePool, providers: readonly Provider[]): LinkDraft {
  const type = clientType.toLowerCase()
  const guess = providers.find(({ id, name }) => type !== '' && (type.includes(id) || type === name.toLowerCase()))
  return {
    mode: 'proxy',
    pool: slugFrom(identifier),
    provider: (guess ?? providers[0])?.id ?? 'openai',
    baseUrl: '',
    interval: 60,
    report: true,
  }
}

export function linkOf(identifier: string, { mode, pool, provider, baseUrl, interval, report }: LinkDraft): LinkCreate {
  const synced = { provider, interval, report, ...(baseUrl.trim() !== '' && { baseUrl: baseUrl.trim() }) }
  // What is not asked of a pool whose calls go through the server has its defaults.
  return { identifier, mode, ...(pool !== '' && { pool }), ...(mode === 'sync' ? synced : { interval: 60, report: false }) }
}

/** What the application would refuse, by field. */
export function linkIssues(identifier: string, draft: LinkDraft): Record<string, string> {
  const { error } = linkCreate.safeParse(linkOf(identifier, draft))
  return issueByField(error)
}
