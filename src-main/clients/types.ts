/** The words of this room. */
import type { Attempt, RequestRow } from '../../src-preload/contract/index.ts'
import type { Lane } from '../pool/types.ts'

/** A program that may use the proxy. */
export interface ClientIdentity {
  id: string
  name: string
  /** Null = every pool. */
  pools: readonly string[] | null
  /** Models it may ask for (names, `prefix*` or `*`); null = all. */
  models: readonly string[] | null
  /** The lane of its calls that do not name one. */
  lane: Lane
  /** Wall ms from which its token is refused; null = never. */
  expiresAt: number | null
  /** Keywheel's own test: drafts and retired pools answer it as well. It may have many tokens at once. */
  own?: true
  /** Told of its calls while they go on, as the proxy's `CallWatch`. */
  watch?: {
    asking(place: Pick<Attempt, 'keyId' | 'keyLabel' | 'pool' | 'model'>): void
    attempted(attempt: Attempt): void
    finished(row: RequestRow | null): void
  }
}

/** Who a token belongs to, from memory. */
export interface ClientDirectory {
  /** `hash` is the SHA-256 of the token in hex. A client has one token: an older one of the same id stops working at once (not so with `own`). */
  set(hash: string, client: ClientIdentity): void
  remove(hash: string): void
  /** Null when the token is unknown, revoked or has ended; otherwise `now` (wall ms) is when the client was last seen. */
  authorise(token: string, now: number): ClientIdentity | null
  /** Wall ms; null = not since this directory was made. */
  lastSeen(id: string): number | null
}
