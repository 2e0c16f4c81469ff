/** Tokens for the proxy, for as long as a user's calls are under way: so their calls are limited, counted and listed like a client's. */
import { newToken } from '../../clients/index.ts'
import type { ClientDirectory } from '../../clients/types.ts'
import type { ApiUser } from '../../remote/server/index.ts'

export interface Lending {
  lend(user: ApiUser): { token: string; giveBack(): void }
}

export function lendTokens(directory: Pick<ClientDirectory, 'set' | 'remove'>): Lending {
  const lent = new Map<string, { token: string; hash: string; calls: number }>()
  return {
    lend(user) {
      const one = lent.get(user.id) ?? { ...newToken(), calls: 0 }
      lent.set(user.id, one)
      one.calls += 1
      const { id, username: name, pools } = user
      directory.set(one.hash, { id, name, pools, models: null, lane: 'interactive', expiresAt: null })
      return {
        token: one.token,
        giveBack() {
          one.calls -= 1
          if (one.calls > 0) return
          lent.delete(user.id)
          directory.remove(one.hash)
        },
      }
    },
  }
}
