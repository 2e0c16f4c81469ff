/** Whose quota a key draws on: what a person said, else what answers said, else its own. */
import type { Account, Key } from '../../../src-preload/contract/index.ts'
import type { KeyRow } from '../../storage/types.ts'

type Owned = Pick<KeyRow, 'id' | 'provider' | 'account' | 'discovered'>

/** The engine's name for the account. Two providers' accounts of one name are two accounts. */
export function bucketOf({ id, provider, account, discovered }: Owned): string {
  const name = account ?? discovered
  return name === null ? id : `${provider}:${name}`
}

export function accountOf({ account, discovered }: Owned): Key['account'] {
  if (account !== null) return { id: account, source: 'set' }
  return discovered === null ? null : { id: discovered, source: 'discovered' }
}

/** The account that these keys share, as people see it. */
export function sharedAccount(keys: readonly Owned[]): Pick<Account, 'id' | 'source'> {
  const named = keys.map(accountOf).filter((account) => account !== null)
  return named.find(({ source }) => source === 'set') ?? named[0] ?? { id: keys[0]?.id ?? '', source: 'own' }
}
