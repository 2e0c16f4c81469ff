/** A key in the words of the apipool protocol, and which keys a list there means. */
import type { ApiKey, KeyFilter } from '../../remote/server/index.ts'
import type { KeyRow } from '../../storage/types.ts'
import { aliasOf, identifierOf } from '../keys/key-identifier.ts'
import type { KeyViews } from '../keys/key-view.ts'
import { verificationOf } from './verification.ts'

export function apiKeyOf(row: KeyRow, views: Pick<KeyViews, 'state'>, now: number): ApiKey {
  return {
    id: row.id,
    identifier: identifierOf(row),
    alias: aliasOf(row),
    clientConfig: row.clientConfig,
    active: row.enabled,
    archived: isExpired(row, now),
    verification: verificationOf(row, views),
    verifiedAt: row.checkedAt,
    tags: row.tags,
    description: row.notes,
    createdAt: row.createdAt,
    updatedAt: Math.max(row.createdAt, row.checkedAt ?? 0),
  }
}

export const isExpired = ({ expiresAt }: Pick<KeyRow, 'expiresAt'>, now: number) => expiresAt !== null && expiresAt <= now

/** `members` = the keys of the pool that is asked for; undefined = of all. */
export function matcher(
  { active, tag, search, verification }: KeyFilter,
  members: ReadonlySet<string> | undefined,
  views: Pick<KeyViews, 'state'>,
): (row: KeyRow) => boolean {
  const part = search?.toLowerCase()
  return (row) =>
    (members === undefined || members.has(row.id)) &&
    (active === undefined || row.enabled === active) &&
    (tag === undefined || row.tags.includes(tag)) &&
    (part === undefined || identifierOf(row).toLowerCase().includes(part) || row.label.toLowerCase().includes(part)) &&
    (verification === undefined || verificationOf(row, views) === verification)
}
