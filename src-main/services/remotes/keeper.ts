/** Looks after the pools of other servers, each at its own interval, and by itself as soon as the vault opens. */
import { KeywheelError } from '../../../src-preload/contract/index.ts'
import type { Clock } from '../../pool/types.ts'
import type { ProxyLog } from '../../proxy/types.ts'
import type { ApipoolClient } from '../../remote/client/index.ts'
import type { LinkRow } from '../../storage/types.ts'
import type { Vault } from '../../vault/types.ts'
import type { Catalog } from '../catalog.ts'
import type { RemoteLines } from './lines.ts'
import { passKeyId } from './pass-key.ts'
import { type ReportDeps, reportCalls, reportedName } from './report.ts'
import { linkedPool, problemOf, ruledName, type Syncer } from './sync.ts'

export interface RemoteKeeper {
  /** Looks now, and when a look is under way, waits for it. What went wrong is at the link. */
  look(link: LinkRow): Promise<void>
  /** Links whose pool is gone are given up; call it often. */
  tick(): Promise<void>
  /** Breaks off what is under way. */
  stop(): Promise<void>
}

interface KeeperDeps extends ReportDeps {
  catalog: Catalog
  vault: Pick<Vault, 'status'>
  lines: RemoteLines
  syncer: Syncer
  clock: Clock
  log: ProxyLog
  random(): number
}

/** After a refused password or token, in seconds: a server that counts wrong logins is not to lock the person out. */
const refusedPause = 600

export function createRemoteKeeper(deps: KeeperDeps): RemoteKeeper {
  const { catalog, vault, lines, syncer, clock, log } = deps
  const due = new Map<LinkRow, number>()
  const running = new Map<string, Promise<void>>()
  const ending = new AbortController()

  const attempt = async (link: LinkRow): Promise<string | null> => {
    const { signal } = ending
    return lines.using(link.remoteId, async (client) => {
      if (link.mode === 'proxy') {
        const { total } = await client.status(link.identifier, { signal })
        return total === 0 ? 'The pool has no keys there.' : null
      }
      const problem = await syncer.sync(link, client, signal)
      return problem ?? (link.report ? await told(link, client) : null)
    })
  }
  const told = async (link: LinkRow, client: ApipoolClient): Promise<string | null> => {
    try {
      await reportCalls(link, client, deps, ending.signal)
      return null
    } catch (error) {
      if (ending.signal.aborted || !(error instanceof Error)) throw error
      return `Its keys are as at the server; the calls made here could not be told to it: ${error.message}`
    }
  }
  const later = (link: LinkRow, seconds: number) => {
    // Not all at once, however many were linked together.
    due.set(link, clock.mono() + seconds * 1000 * (0.9 + 0.2 * deps.random()))
  }
  const run = async (link: LinkRow): Promise<void> => {
    later(link, link.interval)
    try {
      lines.looked(link, await attempt(link))
    } catch (error) {
      if (ending.signal.aborted) return
      if (error instanceof KeywheelError) {
        if (error.code === 'REMOTE_UNAUTHORISED') later(link, Math.max(refusedPause, link.interval))
        return lines.looked(link, problemOf(error))
      }
      log.warn({ pool: link.pool, error: String(error) }, 'a pool of another server could not be looked after')
      lines.looked(link, 'Something went wrong inside Keywheel; its log says what.')
    }
  }
  const look = (link: LinkRow): Promise<void> => {
    const under = running.get(link.pool)
    if (under) return under
    const started = run(link).finally(() => running.delete(link.pool))
    running.set(link.pool, started)
    return started
  }
  const isDue = (link: LinkRow) => (due.get(link) ?? Number.NEGATIVE_INFINITY) <= clock.mono()

  return {
    look,
    async tick() {
      await giveUp(catalog, clock)
      for (const link of due.keys()) if (catalog.links.get(link.pool) !== link) due.delete(link)
      if (vault.status().state !== 'unlocked' || ending.signal.aborted) return
      for (const link of catalog.links.values()) {
        if (isDue(link) && linkedPool(link, catalog)?.deletedAt === null) void look(link)
      }
    },
    async stop() {
      ending.abort(new KeywheelError('PROXY_OFF', 'Keywheel is closing.'))
      await Promise.all(running.values())
    },
  }
}

/** What is remembered of a link goes with it. */
export const forgotten = (pool: string) => ({ [ruledName(pool)]: false, [reportedName(pool)]: false })

/** A pool that was destroyed, or has made room for another of its name, takes its link along. */
async function giveUp(catalog: Catalog, clock: Clock): Promise<void> {
  const lost = [...catalog.links.values()].filter((link) => linkedPool(link, catalog) === undefined)
  for (const { remoteId, pool, mode } of lost) {
    const audit = [{ at: clock.now(), actor: 'system' as const, action: 'remote.unlink', subject: pool }]
    const removeKeys = mode === 'proxy' ? [passKeyId(pool)] : []
    await catalog.commit({ removeLinks: [{ remoteId, pool }], removeKeys, putSettings: forgotten(pool), audit })
  }
}
