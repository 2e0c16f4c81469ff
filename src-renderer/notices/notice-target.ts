/** Where a notice's trouble is mended. Pure. */
import type { Notice } from '../../src-preload/contract/index.ts'
import type { Params, Place } from '../route.ts'

export interface Target {
  place: Place
  params: Params
}

/** It speaks of several keys or accounts. */
export function isJoined({ values }: Pick<Notice, 'values'>): boolean {
  return values['count'] !== undefined
}

export function targetOf(notice: Pick<Notice, 'kind' | 'subject' | 'values'>): Target {
  const { kind, subject, values } = notice
  switch (kind) {
    case 'key-invalid':
      return keysOf(notice, { state: 'invalid' })
    case 'runway-short':
      return keysOf(notice, subject === null ? {} : { view: 'accounts' })
    case 'pool-dry':
      return { place: 'keys', params: { pool: subject } }
    case 'budget-near':
    case 'budget-spent':
      return budgetOf(values['of'], notice)
    case 'approval-pending':
      return { place: 'connect', params: {} }
    case 'backup-failed':
      return { place: 'settings', params: { section: 'data' } }
  }
}

/** The key itself, or the keys among those of its pool. */
function keysOf({ subject, values }: Pick<Notice, 'subject' | 'values'>, many: Params): Target {
  if (isJoined({ values })) return { place: 'keys', params: { pool: subject, ...many } }
  return { place: 'keys', params: { key: String(values['key'] ?? '') } }
}

function budgetOf(whose: string | number | undefined, notice: Pick<Notice, 'subject' | 'values'>): Target {
  const { subject } = notice
  if (whose === 'pool') return { place: 'keys', params: { pool: subject, sheet: 'pool' } }
  if (whose === 'client') return { place: 'connect', params: { client: subject } }
  return keysOf(notice, {})
}
