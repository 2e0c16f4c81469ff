/** Everything about other servers, put together and looked after. */
import type { Clock, PoolEngine } from '../../pool/types.ts'
import { createGuardedFetch } from '../../proxy/forward/guarded-fetch.ts'
import type { ProxyLog } from '../../proxy/types.ts'
import type { LinkRow, Storage } from '../../storage/types.ts'
import type { UsageRecorder } from '../../usage/types.ts'
import type { Vault } from '../../vault/types.ts'
import type { Bus } from '../bus.ts'
import type { Catalog } from '../catalog.ts'
import { type Close, repeat } from '../chores.ts'
import type { WayFor } from '../outbound/outbound.ts'
import { configOf } from '../pools/pool-rules.ts'
import type { ProxySwitch } from '../proxy.ts'
import type { RemoteService } from '../types.ts'
import { createRemoteKeeper } from './keeper.ts'
import { createRemoteLines } from './lines.ts'
import type { Relay } from './relay.ts'
import { createRemoteService } from './remotes.ts'
import { createSyncer } from './sync.ts'

interface RoomDeps {
  catalog: Catalog
  vault: Vault
  engine: PoolEngine
  clock: Clock
  log: ProxyLog
  bus: Bus
  storage: Pick<Storage, 'followRequests'>
  recorder: Pick<UsageRecorder, 'flush'>
  relay: Relay
  wayFor: WayFor
  trust: NonNullable<Parameters<typeof createGuardedFetch>[0]>['trust']
  proxy: Pick<ProxySwitch, 'status'>
}

const tickMs = 1000

/** To be started before the proxy listens: calls may go through other servers from then on. */
export async function openRemotes(deps: RoomDeps, atClose: (close: Close) => void): Promise<RemoteService> {
  const { catalog, clock, log, storage, recorder, relay, wayFor, proxy } = deps
  // A server that is this Keywheel would have it copy itself, and pass calls on to itself for ever.
  const guarded = createGuardedFetch({ trust: deps.trust, ownPort: () => proxy.status().port ?? 0 })
  atClose(() => guarded.close())
  const config = configOf({ config: {} })
  const fetchTo = (base: URL): typeof globalThis.fetch => {
    const leaving = { baseUrl: base, config }
    // Asked at every call: settings may have changed since.
    return (input, init) => guarded.fetchBy(wayFor('', leaving))(input, init)
  }
  const lines = createRemoteLines({ ...deps, fetchTo })
  const syncer = createSyncer(deps)
  const keeper = createRemoteKeeper({ ...deps, lines, syncer, random: Math.random })
  atClose(() => keeper.stop())
  const passes = (links: Iterable<LinkRow>) => [...links].some(({ mode }) => mode === 'proxy')
  if (passes(catalog.links.values())) await relay.start(lines)
  // An import brings links as well, and nobody waits for what passes their calls on.
  catalog.observe(({ putLinks = [] }) => {
    if (!passes(putLinks)) return
    relay.start(lines).catch((error: unknown) => log.warn({ error: String(error) }, 'calls cannot be passed on to other servers'))
  })
  atClose(repeat(clock, log, { firstMs: tickMs, everyMs: tickMs }, () => keeper.tick()))
  const logEnd = async () => {
    await recorder.flush()
    return (await storage.followRequests({ pool: '', after: null })).to
  }
  return createRemoteService({ ...deps, lines, keeper, syncer, logEnd })
}
