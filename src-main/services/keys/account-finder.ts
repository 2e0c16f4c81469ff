/** Keeps what answers say about whose account a key draws on. */
import type { Clock } from '../../pool/types.ts'
import type { ProxyLog } from '../../proxy/types.ts'
import type { AuditRow, KeyRow } from '../../storage/types.ts'
import type { Vault } from '../../vault/types.ts'
import type { Catalog } from '../catalog.ts'

export interface AccountFinder {
  /** An answer named the account of a key. Returns at once; what a person said is never replaced. */
  found(keyId: string, account: string): void
  /** Resolves when everything found so far is stored. */
  close(): Promise<void>
}

/** A key that answers for now this and now that account (a header of the caller's may say which) is believed once in so long. */
const settledMs = 3_600_000
const longest = 128

interface AccountFinderDeps {
  catalog: Catalog
  vault: Pick<Vault, 'status' | 'get'>
  clock: Clock
  log: ProxyLog
}

export function createAccountFinder({ catalog, vault, clock, log }: AccountFinderDeps): AccountFinder {
  const found = new Map<string, string>()
  const settledAt = new Map<string, number>()
  let storing: Promise<void> | null = null

  const isNews = (key: KeyRow | undefined, account: string): key is KeyRow => {
    if (!key || key.deletedAt !== null || key.account !== null || key.discovered === account) return false
    return key.discovered === null || clock.mono() - (settledAt.get(key.id) ?? Number.NEGATIVE_INFINITY) >= settledMs
  }
  /** An upstream may answer with anything, and this is stored and shown. */
  const tellsSecret = ({ id, fingerprint }: KeyRow, account: string) =>
    fingerprint !== null && (vault.status().state !== 'unlocked' || account.includes(vault.get(id).secret))
  const store = () =>
    catalog.exclusive(async () => {
      const looked = [...found]
      const news = looked.flatMap(([id, account]) => {
        const key = catalog.keys.get(id)
        return isNews(key, account) ? [{ ...key, discovered: account }] : []
      })
      const at = clock.now()
      const audit = news.map(({ id, discovered }): AuditRow => {
        return { at, actor: 'system', action: 'key.account', subject: `${id} ${discovered}` }
      })
      // What cannot be stored stays in `found`, and goes with what is found next.
      if (news.length > 0) await catalog.commit({ putKeys: news, audit })
      for (const { id } of news) settledAt.set(id, clock.mono())
      for (const [id, account] of looked) if (found.get(id) === account) found.delete(id)
    })
  const storeAll = async () => {
    while (found.size > 0) await store()
  }

  return {
    found(keyId, account) {
      const key = catalog.keys.get(keyId)
      const name = nameIn(account, key?.provider ?? '')
      if (!/^[\x21-\x7e]+$/.test(name) || name.length > longest || !isNews(key, name) || tellsSecret(key, name)) return
      found.set(keyId, name)
      storing ??= storeAll()
        .catch((error: unknown) => log.warn({ error: String(error) }, 'the account of a key could not be stored'))
        .finally(() => (storing = null))
    },
    close: async () => storing ?? undefined,
  }
}

/** `openai:org-1` is the account `org-1` of an OpenAI key: the name that a person would give. */
function nameIn(account: string, provider: string): string {
  return account.startsWith(`${provider}:`) ? account.slice(provider.length + 1) : account
}
