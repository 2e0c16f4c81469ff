/** Where a notice's trouble is mended. Pure. */
import type { Notice } from '../../src-preload/contract/index.ts'
import type { Params, Place } from '../route.ts'

export interface Target {
  place: Place
  params: Params
}

export function targetOf({ kind, subject, values }: Pick<Notice, 'kind' | 'subject' | 'values'>): Target {
  switch (kind) {
    case 'key-invalid':
    case 'runway-short':
      return { place: 'keys', params: { key: subject } }
    case 'pool-dry':
      return { place: 'keys', params: { pool: subject } }
    case 'budget-near':
    case 'budget-spent':
      return budgetOf(values['of'], subject)
    case 'approval-pending':
      return { place: 'connect', params: {} }
    case 'backup-failed':
      return { place: 'settings', params: { section: 'data' } }
  }
}

function budgetOf(whose: string | number | undefined, subject: string | null): Target {
  if (whose === 'pool') return { place: 'keys', params: { pool: subject, sheet: 'pool' } }
  if (whose === 'client') return { place: 'connect', params: { client: subject } }
  return { place: 'keys', params: { key: subject } }
}
