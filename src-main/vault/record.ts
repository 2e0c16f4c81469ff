/** One secret as it is stored: sealed in the database, or as one text in the OS keychain. */
import { z } from 'zod'
import { seal, unseal } from './crypto.ts'
import type { SealedRecord } from './types.ts'

const stored = z.object({ secret: z.string().min(1), audience: z.array(z.string()), createdAt: z.number() })
/** What is kept of a key: the secret, the origins it may be sent to, and since when (wall ms). */
export type StoredSecret = z.infer<typeof stored>

const entry = stored.extend({ v: z.literal(1), keyId: z.string(), revision: z.number() })

/** Version of the record's layout, and of the data key it is sealed with. */
const header = Buffer.from([1, 1])

const label = (vaultId: string, keyId: string, revision: number) => `key|v1|${vaultId}|${keyId}|${revision}`

/** Seals a secret under the data key, bound to its vault, key and revision. */
export function sealRecord(
  dataKey: Buffer,
  vaultId: string,
  keyId: string,
  revision: number,
  secret: StoredSecret,
): SealedRecord {
  const plain = Buffer.from(JSON.stringify(secret))
  const sealed = seal(dataKey, label(vaultId, keyId, revision), plain)
  plain.fill(0)
  return { keyId, revision, data: Buffer.concat([header, sealed]) }
}

/** The secret of a record, or null when the record is damaged, forged or another key's. */
export function openRecord(dataKey: Buffer, vaultId: string, record: SealedRecord): StoredSecret | null {
  const data = Buffer.from(record.data)
  if (!data.subarray(0, header.length).equals(header)) return null
  const plain = unseal(dataKey, label(vaultId, record.keyId, record.revision), data.subarray(header.length))
  if (!plain) return null
  const secret = stored.safeParse(JSON.parse(plain.toString()))
  plain.fill(0)
  return secret.success ? secret.data : null
}

/** The keychain entry of a key: base64url, because keychains cut a text at a NUL and count bytes. */
export function writeEntry(keyId: string, revision: number, secret: StoredSecret): string {
  return Buffer.from(JSON.stringify({ v: 1, keyId, revision, ...secret })).toString('base64url')
}

/** The secret of a keychain entry, or null when the entry is not this revision of this key. */
export function readEntry(text: string, keyId: string, revision: number): StoredSecret | null {
  let json: unknown
  try {
    json = JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    return null
  }
  const read = entry.safeParse(json)
  if (!read.success || read.data.keyId !== keyId || read.data.revision !== revision) return null
  const { secret, audience, createdAt } = read.data
  return { secret, audience, createdAt }
}
