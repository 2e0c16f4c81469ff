/** A key as its form holds it, and what was changed in it. */
import type { Budget, Key, KeyPatch, LimitsByModel, Outbound } from '../../../src-preload/contract/index.ts'
import { localTimeOf, localTimeText } from '../../parts/local-time.ts'

export interface KeyDraft {
  label: string
  tags: string[]
  notes: string
  /** Its name in the apipool protocol; empty = its id. */
  identifier: string
  pools: string[]
  priority: number | string
  weight: number | string
  /** Local time as a datetime-local field writes it; empty = never. */
  expires: string
  /** Null while the table says no limits. */
  limits: LimitsByModel | null
  limitZone: string
  /** Dollars; empty = no budget. */
  budget: number | string
  budgetPer: Budget['per']
  /** Empty = found out from answers. */
  account: string
  /** Null = the pool's. */
  outbound: Outbound | null
}

export const budgetPeriods = ['day', 'month', 'total'] as const satisfies readonly Budget['per'][]

export function draftOf(key: Key): KeyDraft {
  const [membership] = key.pools
  return {
    label: key.label,
    tags: [...key.tags],
    notes: key.notes,
    identifier: key.identifier ?? '',
    pools: key.pools.map(({ pool }) => pool),
    priority: membership?.priority ?? 0,
    weight: membership?.weight ?? 1,
    expires: localTimeText(key.expiresAt),
    limits: key.limits,
    limitZone: key.limitZone,
    budget: key.budget?.usd ?? '',
    budgetPer: key.budget?.per ?? 'month',
    account: key.account?.source === 'set' ? key.account.id : '',
    outbound: key.outbound,
  }
}

/** Only the fields that were changed since `before`: what others changed meanwhile stays. */
export function patchOf(before: KeyDraft, draft: KeyDraft): KeyPatch {
  const changed = (name: keyof KeyDraft) => JSON.stringify(before[name]) !== JSON.stringify(draft[name])
  return {
    ...(changed('label') && { label: draft.label.trim() }),
    ...(changed('tags') && { tags: draft.tags }),
    ...(changed('notes') && { notes: draft.notes }),
    ...(changed('identifier') && { identifier: draft.identifier === '' ? null : draft.identifier }),
    ...(changed('pools') && { pools: draft.pools }),
    ...(changed('priority') && { priority: Number(draft.priority) }),
    ...(changed('weight') && { weight: Number(draft.weight) }),
    ...(changed('expires') && { expiresAt: localTimeOf(draft.expires) }),
    ...(changed('limits') && draft.limits && { limits: draft.limits }),
    ...(changed('limitZone') && { limitZone: draft.limitZone }),
    ...((changed('budget') || (draft.budget !== '' && changed('budgetPer'))) && { budget: budgetOf(draft) }),
    ...(changed('account') && { account: draft.account.trim() || null }),
    ...(changed('outbound') && { outbound: draft.outbound }),
  }
}

/** What was refused, by the field that shows it: a part of the limits is shown at their table. */
export function draftErrors(fields: Record<string, string>): Record<string, string> {
  const shownAt: Partial<Record<string, keyof KeyDraft>> = { expiresAt: 'expires' }
  return Object.fromEntries(
    Object.entries(fields).map(([path, message]) => {
      const [field = path] = path.split('.')
      return [shownAt[field] ?? field, message]
    }),
  )
}

function budgetOf({ budget, budgetPer }: KeyDraft): Budget | null {
  return budget === '' ? null : { usd: Number(budget), per: budgetPer }
}
