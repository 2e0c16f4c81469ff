/** Puts the services of a workspace together. */
import type { Clock, PoolEngine } from '../pool/types.ts'
import type { Passwords } from '../remote/server/index.ts'
import type { Storage } from '../storage/types.ts'
import type { UsageRecorder } from '../usage/types.ts'
import type { Vault } from '../vault/types.ts'
import { createUserService } from './apipool/users.ts'
import { createApprovalService } from './approvals/approvals.ts'
import type { Bus } from './bus.ts'
import { createCacheService } from './cache.ts'
import type { Catalog } from './catalog.ts'
import type { KnownClients } from './clients/client-sync.ts'
import type { ClientUse } from './clients/client-use.ts'
import { createClientService } from './clients/clients.ts'
import type { DemoUpstream } from './demo.ts'
import type { Drill } from './drill/drill.ts'
import { createHistoryService } from './history.ts'
import type { AccountFinder } from './keys/account-finder.ts'
import type { KeyViews } from './keys/key-view.ts'
import { createKeyService, type KeyServiceDeps } from './keys/keys.ts'
import type { Models } from './models/models.ts'
import { createRouteService } from './models/routes.ts'
import { createPlaygroundService } from './playground/playground.ts'
import { createPoolService } from './pools/pools.ts'
import { createPromptService } from './prompts/prompts.ts'
import type { ProxySwitch } from './proxy.ts'
import { createSettingsService } from './settings.ts'
import { createSystemService, type SystemServiceDeps } from './system.ts'
import { createTasks } from './tasks.ts'
import { createTransferService } from './transfer/transfer.ts'
import type { BackupService, NoticeService, RemoteService, WorkspaceServices } from './types.ts'
import { createUsageService } from './usage.ts'
import { createVaultService } from './vault.ts'

export interface ServiceDeps {
  storage: Storage
  vault: Vault
  engine: PoolEngine
  catalog: Catalog
  recorder: UsageRecorder
  clock: Clock
  bus: Bus
  views: KeyViews
  demo: DemoUpstream
  accounts: AccountFinder
  timeline: KeyServiceDeps['timeline']
  proxy: ProxySwitch
  models: Models
  drill: Drill
  /** fetch by the way that calls with this key of this pool take out of the machine. */
  fetchFor: KeyServiceDeps['fetchFor']
  closing: KeyServiceDeps['closing']
  about: SystemServiceDeps['about']
  copySecret: KeyServiceDeps['copySecret']
  lastSeen(clientId: string): number | null
  clientUse: ClientUse
  borrowToken: KnownClients['borrowToken']
  saveMemory(): Promise<void>
  passwords: Passwords
  remotes: RemoteService
  backups: BackupService
  notices: NoticeService
  recentWarnings: () => readonly string[]
}

export function createServices(deps: ServiceDeps): WorkspaceServices {
  const { catalog, vault, clock, storage, recorder, about } = deps
  const usage = createUsageService({ store: storage.usage, catalog, clock }, () => recorder.flush())
  const pools = createPoolService(deps)
  const settings = createSettingsService(catalog, clock)
  const tasks = createTasks(deps.bus)
  return {
    pools,
    routes: createRouteService(deps),
    prompts: createPromptService({ catalog, clock, proxyUrl: () => deps.proxy.status().url }),
    cache: createCacheService(storage.cache, catalog, clock),
    keys: createKeyService({ ...deps, tasks, usage, allowReveal: about.revealAllowed }),
    clients: createClientService(deps),
    approvals: createApprovalService(deps),
    remotes: deps.remotes,
    users: createUserService({ catalog, clock, passwords: deps.passwords }),
    proxy: deps.proxy,
    usage,
    vault: createVaultService(vault, catalog, clock),
    settings,
    history: createHistoryService({ storage, catalog, pools, settings }),
    playground: createPlaygroundService({ proxyUrl: () => deps.proxy.status().url, borrowToken: deps.borrowToken }),
    notices: deps.notices,
    backups: deps.backups,
    transfer: createTransferService({ ...deps, tasks, appVersion: about.version, allowReveal: about.revealAllowed }),
    tasks: tasks.service,
    system: createSystemService(deps),
    subscribe: (listener) => deps.bus.subscribe(listener),
  }
}
