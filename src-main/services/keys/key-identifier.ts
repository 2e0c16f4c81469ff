/** Names of keys in the apipool protocol: one key each. */
import { KeywheelError } from '../../../src-preload/contract/index.ts'
import type { KeyRow } from '../../storage/types.ts'
import type { Catalog } from '../catalog.ts'

/** What a key is called in the apipool protocol. */
export const identifierOf = ({ identifier, id }: Pick<KeyRow, 'identifier' | 'id'>) => identifier ?? id

/** A key without an alias has its identifier for a label. */
export function aliasOf(row: Pick<KeyRow, 'identifier' | 'id' | 'label'>): string | null {
  return row.label === identifierOf(row) ? null : row.label
}

/** Whether another key than `but` has this name, the trash not counted. */
export function isTaken(identifier: string, catalog: Pick<Catalog, 'keyNamed' | 'keys'>, but?: string): boolean {
  return holdersOf(identifier, catalog).some((row) => row.id !== but && keeps(row, identifier))
}

/**
 * Makes sure that `identifier` can be given to a key (`but` = the key that may have it already): the rows that have to be written
 * before it, because a key in the trash gives up its name. KEY_DUPLICATE.
 */
export function freeIdentifier(identifier: string, catalog: Pick<Catalog, 'keyNamed' | 'keys'>, but?: string): KeyRow[] {
  return holdersOf(identifier, catalog).flatMap((row) => {
    if (row.id === but) return []
    if (keeps(row, identifier)) throw taken(identifier)
    return [{ ...row, identifier: null }]
  })
}

/** The key that has it for a name, and the one that has it for an id. */
function holdersOf(identifier: string, { keyNamed, keys }: Pick<Catalog, 'keyNamed' | 'keys'>): KeyRow[] {
  return [...new Set([keyNamed(identifier), keys.get(identifier)])].filter((row) => row !== undefined)
}

const keeps = (row: KeyRow, identifier: string) => row.deletedAt === null || row.identifier !== identifier

function taken(identifier: string): KeywheelError {
  const message = `Identifier '${identifier}' already exists`
  return new KeywheelError('KEY_DUPLICATE', message, { fields: [{ path: 'identifier', message: 'already exists' }] })
}
