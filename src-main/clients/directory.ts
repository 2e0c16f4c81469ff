/** Which client a token belongs to, from memory: never waits for a disk. */
import { hashToken } from './token.ts'
import type { ClientDirectory, ClientIdentity } from './types.ts'

/** An empty directory. */
export function createClientDirectory(): ClientDirectory {
  const byHash = new Map<string, ClientIdentity>()
  const hashes = new Map<string, string>()
  const seen = new Map<string, number>()
  /** The wall clock may be set back; a token that has ended stays so. */
  let latest = Number.NEGATIVE_INFINITY

  return {
    set(hash, client) {
      const former = hashes.get(client.id)
      if (former !== undefined && !client.own) byHash.delete(former)
      byHash.set(hash, client)
      hashes.set(client.id, hash)
    },
    remove(hash) {
      const client = byHash.get(hash)
      if (client === undefined) return
      byHash.delete(hash)
      if (hashes.get(client.id) !== hash) return
      hashes.delete(client.id)
      seen.delete(client.id)
    },
    authorise(token, now) {
      // The look-up compares digests: how long it takes says nothing about the token.
      const client = byHash.get(hashToken(token))
      latest = Math.max(latest, now)
      if (client === undefined || (client.expiresAt !== null && client.expiresAt <= latest)) return null
      seen.set(client.id, now)
      return client
    },
    lastSeen: (id) => seen.get(id) ?? null,
  }
}
