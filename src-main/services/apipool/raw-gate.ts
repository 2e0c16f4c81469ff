/** Who may have secrets in the clear from the apipool-server, and what is written down of it. */
import type { Clock } from '../../pool/types.ts'
import { ApiProblem, type ApiUser } from '../../remote/server/index.ts'
import type { KeyRow } from '../../storage/types.ts'
import type { Vault } from '../../vault/types.ts'
import type { Catalog } from '../catalog.ts'

export interface RawGateDeps {
  catalog: Catalog
  vault: Vault
  clock: Pick<Clock, 'now'>
  allowReveal: boolean
}

interface RawGate {
  /** Why not; null = the user may. */
  refusal(user: Pick<ApiUser, 'mayReveal'>): string | null
  /** ApiProblem 403. */
  assertAllowed(user: Pick<ApiUser, 'mayReveal'>): void
  secretOf(row: KeyRow): string
  /** Writes down what a user was given. */
  note(user: Pick<ApiUser, 'id' | 'username'>, what: string): Promise<void>
}

const hour = 3_600_000

export function createRawGate({ catalog, vault, clock, allowReveal }: RawGateDeps): RawGate {
  const noted = new Map<string, number>()
  const refusal: RawGate['refusal'] = ({ mayReveal }) => {
    if (!mayReveal) return 'You may not read raw keys here. An admin gives that right in Keywheel: Settings > Users.'
    if (allowReveal || catalog.settings().apipoolReveal) return null
    return 'This Keywheel hands out no raw keys. Allow it in its Settings > apipool server, or start it with --allow-reveal.'
  }
  return {
    refusal,
    assertAllowed(user) {
      const why = refusal(user)
      if (why !== null) throw new ApiProblem(403, why)
    },
    secretOf(row) {
      if (row.fingerprint === null) throw new ApiProblem(404, 'This one only stands for a key; there is no secret')
      return vault.get(row.id).secret
    },
    async note({ id, username }, what) {
      const now = clock.now()
      const subject = `${username}: ${what}`
      const key = `${id} ${what}`
      // Programs fetch a pool's keys once a minute: a row an hour says that they do.
      if (now - (noted.get(key) ?? Number.NEGATIVE_INFINITY) < hour) return
      if (noted.size > 1000) noted.clear()
      noted.set(key, now)
      await catalog.commit({ audit: [{ at: now, actor: 'user', action: 'key.raw', subject }] })
    },
  }
}
