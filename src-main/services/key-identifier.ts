/** Names of keys in the apipool protocol: one key each. */
import { KeywheelError } from '../../src-preload/contract/index.ts'
import type { KeyRow } from '../storage/types.ts'
import type { Catalog } from './catalog.ts'

/** What a key is called in the apipool protocol. */
export const identifierOf = ({ identifier, id }: Pick<KeyRow, 'identifier' | 'id'>) => identifier ?? id

/**
 * Makes sure that `identifier` can be given to a key (`but` = the key that may have it already): the rows that have to be written
 * before it, because a key in the trash gives up its name. KEY_DUPLICATE.
 */
export function freeIdentifier(identifier: string, catalog: Pick<Catalog, 'keyNamed' | 'keys'>, but?: string): KeyRow[] {
  const holders = new Set([catalog.keyNamed(identifier), catalog.keys.get(identifier)])
  return [...holders].flatMap((row) => {
    if (row === undefined || row.id === but) return []
    if (row.deletedAt === null || row.identifier !== identifier) throw taken(identifier)
    return [{ ...row, identifier: null }]
  })
}

function taken(identifier: string): KeywheelError {
  const message = `Identifier '${identifier}' already exists`
  return new KeywheelError('KEY_DUPLICATE', message, { fields: [{ path: 'identifier', message: 'already exists' }] })
}
