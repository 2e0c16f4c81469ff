/** What a call through another server is leased: a key that is none, for the server has the keys. */
import { createHash } from 'node:crypto'
import type { KeyRow, PoolRow, RemoteRow } from '../../storage/types.ts'
import { noAllowances } from '../keys/new-key.ts'

const prefix = 'remote-'

export function passKeyId(pool: string): string {
  return prefix + createHash('sha256').update(pool).digest('base64url').slice(0, 22)
}

export const isPassKey = ({ id, fingerprint }: Pick<KeyRow, 'id' | 'fingerprint'>) =>
  fingerprint === null && id.startsWith(prefix)

export function passKey({ name }: RemoteRow, { slug, provider }: Pick<PoolRow, 'slug' | 'provider'>, now: number): KeyRow {
  return {
    id: passKeyId(slug),
    identifier: null,
    clientConfig: null,
    label: name,
    provider,
    hint: '',
    tags: [],
    notes: '',
    enabled: true,
    fingerprint: null,
    audience: [],
    ...noAllowances,
    expiresAt: null,
    checkedAt: now,
    createdAt: now,
    deletedAt: null,
  }
}
