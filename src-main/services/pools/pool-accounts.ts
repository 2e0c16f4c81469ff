/** A pool's accounts: how many real quotas its keys are, and how much of each is used. */
import type { Account } from '../../../src-preload/contract/index.ts'
import type { PoolEngine } from '../../pool/types.ts'
import type { KeyRow } from '../../storage/types.ts'
import { bucketOf, sharedAccount } from '../keys/account.ts'
import type { KeyViews } from '../keys/key-view.ts'
import { metersOf } from '../keys/meter-view.ts'

interface AccountDeps {
  engine: Pick<PoolEngine, 'meters'>
  views: Pick<KeyViews, 'state'>
}

/** Accounts of many keys first. A lone key's own limits are shown with its account's: they are the same quota. */
export function accountsOf(keys: readonly KeyRow[], { engine, views }: AccountDeps): Account[] {
  return [...Map.groupBy(keys, bucketOf).values()]
    .toSorted((a, b) => b.length - a.length)
    .map((group) => {
      const meters = group[0] ? metersOf(group[0], engine) : []
      return {
        ...sharedAccount(group),
        keys: group.map((key) => ({ id: key.id, label: key.label, state: views.state(key) })),
        meters: group.length === 1 ? meters : meters.filter(({ scope }) => scope === 'account'),
      }
    })
}
