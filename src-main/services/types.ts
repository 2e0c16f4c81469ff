/** Everything the application can do, one interface per noun; api/ maps the contract onto it and parses what comes in. */
import type {
  Account,
  Approval,
  ApprovalDecision,
  Backup,
  Client,
  ClientCreate,
  ClientCreated,
  ClientDay,
  ClientPatch,
  DrillReport,
  ExportDocument,
  ExportedFiles,
  ExportInput,
  HistoryEntry,
  HistoryQuery,
  ImportInput,
  ImportPlan,
  Key,
  KeyCheck,
  KeyChecksEvent,
  KeyCreate,
  KeyEvent,
  KeyFigures,
  KeyImport,
  KeyImported,
  KeyPage,
  KeyPatch,
  KeyPreview,
  KeyQuery,
  KeyUsage,
  LinkCreate,
  LiveEvent,
  Meter,
  ModelRouteInput,
  ModelRouteView,
  ModelUsage,
  Notice,
  PlaygroundEvent,
  PlaygroundInput,
  Pool,
  PoolCreate,
  PoolPatch,
  Prompt,
  PromptCreate,
  PromptPatch,
  PromptVersion,
  Provider,
  ProxyStatus,
  ProxyTested,
  Remote,
  RemoteCreate,
  RemotePatch,
  RemotePool,
  RequestFilter,
  RequestPage,
  RequestQuery,
  RequestRow,
  Runway,
  RunwayQuery,
  SealedDocument,
  SeriesQuery,
  ServedModel,
  Settings,
  SettingsPatch,
  ShareQuery,
  SlotInput,
  SystemInfo,
  UsageLimit,
  UsageQuery,
  UsageSeries,
  UsageShares,
  UsageSummary,
  User,
  UserCreate,
  UserPatch,
  VaultCreate,
  VaultStatus,
  VaultUnlock,
  Workspace,
  WorkspaceCreate,
} from '../../src-preload/contract/index.ts'

/**
 * Who asks. `local` = the person at the window or page, `admin` = a script with the admin token, `system` = Keywheel itself, `user` =
 * somebody at the apipool-server.
 */
export type Actor = 'local' | 'admin' | 'system' | 'user'

interface Deleted {
  /** Wall ms; until then `restore` brings it back. */
  undoUntil: number
}

export interface PoolService {
  list(): Pool[]
  get(slug: string): Pool
  create(input: PoolCreate, actor: Actor): Promise<Pool>
  update(slug: string, patch: PoolPatch, actor: Actor): Promise<Pool>
  remove(slug: string, actor: Actor): Promise<Deleted>
  restore(slug: string, actor: Actor): Promise<Pool>
  publish(slug: string, actor: Actor): Promise<Pool>
  retire(slug: string, successor: string | null, actor: Actor): Promise<Pool>
  trust(slug: string, actor: Actor): Promise<{ keys: number }>
  demo(actor: Actor): Promise<Pool>
  accounts(slug: string): Account[]
  runway(query: RunwayQuery): Promise<Runway>
  drill(slug: string): Promise<DrillReport>
  providers(): Provider[]
}

export interface RouteService {
  list(): ModelRouteView[]
  create(input: ModelRouteInput, actor: Actor): Promise<ModelRouteView>
  update(id: string, input: ModelRouteInput, actor: Actor): Promise<ModelRouteView>
  remove(id: string, actor: Actor): Promise<void>
  models(): ServedModel[]
  refresh(): Promise<ServedModel[]>
}

export interface PromptService {
  list(): Prompt[]
  get(slug: string): Prompt
  create(input: PromptCreate, actor: Actor): Promise<Prompt>
  update(slug: string, patch: PromptPatch, actor: Actor): Promise<Prompt>
  remove(slug: string, actor: Actor): Promise<void>
  versions(slug: string): PromptVersion[]
  publish(slug: string, version: number | undefined, actor: Actor): Promise<Prompt>
  retire(slug: string, successor: string | null, actor: Actor): Promise<Prompt>
  openapi(): Record<string, unknown>
}

export interface CacheService {
  info(): Promise<{ entries: number; bytes: number }>
  clear(actor: Actor): Promise<void>
}

/** What a text would become, as far as it is known where its keys shall go. */
export type PreviewInput = Omit<KeyImport, 'pool' | 'tags'> & { pool?: string | undefined }

export interface KeyService {
  list(query: KeyQuery): KeyPage
  get(id: string): Key
  create(input: KeyCreate, actor: Actor): Promise<Key>
  preview(input: PreviewInput): Promise<KeyPreview>
  /** In slices of which each is whole; ends with what it has when `signal` aborts. */
  import(input: KeyImport, actor: Actor, signal?: AbortSignal): Promise<KeyImported>
  update(id: string, patch: KeyPatch, actor: Actor): Promise<Key>
  remove(ids: readonly string[], actor: Actor): Promise<Deleted>
  restore(ids: readonly string[], actor: Actor): Promise<{ restored: number }>
  enable(ids: readonly string[], enabled: boolean, actor: Actor): Promise<{ changed: number }>
  check(id: string, actor: Actor): Promise<KeyCheck>
  /** Nothing is sent before the first event is asked for; ends when `signal` aborts, the reader stops or the workspace is left. */
  checkMany(ids: readonly string[], actor: Actor, signal?: AbortSignal): AsyncGenerator<KeyChecksEvent, void, void>
  resume(id: string, actor: Actor): Promise<Key>
  limits(id: string): Meter[]
  usageLimits(id: string, model?: string): Promise<UsageLimit[]>
  timeline(id: string): Promise<KeyEvent[]>
  figures(ids: readonly string[]): Promise<KeyFigures[]>
  reveal(id: string, actor: Actor): Promise<{ secret: string; hideAfter: number }>
  copy(id: string, actor: Actor): Promise<{ clearAfter: number }>
}

export interface ClientService {
  list(): Client[]
  create(input: ClientCreate, actor: Actor): Promise<ClientCreated>
  get(id: string): Client
  update(id: string, patch: ClientPatch, actor: Actor): Promise<Client>
  rotate(id: string, actor: Actor): Promise<ClientCreated>
  revoke(id: string, actor: Actor): Promise<Client>
  usage(id: string, span: DaySpan): Promise<ClientDay[]>
  forgetUsage(id: string, span: DaySpan, actor: Actor): Promise<void>
  renew(id: string, expiresAt: number, actor: Actor): Promise<Client>
  remove(id: string, actor: Actor): Promise<void>
}

/** Wall ms, both ends inclusive; whole days are meant. */
interface DaySpan {
  from?: number | undefined
  to?: number | undefined
}

export interface ApprovalService {
  list(): Approval[]
  approve(id: string, decision: ApprovalDecision, actor: Actor): Promise<Approval>
  deny(id: string, actor: Actor): Promise<Approval>
}

export interface RemoteService {
  list(): Remote[]
  create(input: RemoteCreate, actor: Actor): Promise<Remote>
  update(id: string, patch: RemotePatch, actor: Actor): Promise<Remote>
  remove(id: string, actor: Actor): Promise<void>
  pools(id: string): Promise<RemotePool[]>
  link(id: string, input: LinkCreate, actor: Actor): Promise<Remote>
  unlink(id: string, pool: string, actor: Actor): Promise<Remote>
  sync(id: string): Promise<Remote>
}

export interface UserService {
  list(): User[]
  create(input: UserCreate, actor: Actor): Promise<User>
  update(id: string, patch: UserPatch, actor: Actor): Promise<User>
  remove(id: string, actor: Actor): Promise<void>
}

export interface WorkspaceService {
  list(): Promise<Workspace[]>
  create(input: WorkspaceCreate, actor: Actor): Promise<Workspace>
  open(slug: string, actor: Actor): Promise<Workspace>
  remove(slug: string, confirm: string, actor: Actor): Promise<void>
}

export interface ProxyService {
  status(): ProxyStatus
  start(input: { port?: number | undefined }, actor: Actor): Promise<ProxyStatus>
  stop(actor: Actor): Promise<ProxyStatus>
  test(input: { pool: string; model?: string | undefined }): Promise<ProxyTested>
}

export interface UsageService {
  summary(query: UsageQuery): Promise<UsageSummary>
  series(query: SeriesQuery): Promise<UsageSeries>
  models(query: SeriesQuery): Promise<ModelUsage[]>
  keys(query: UsageQuery): Promise<KeyUsage[]>
  shares(query: ShareQuery): Promise<UsageShares>
  requests(query: RequestQuery): Promise<RequestPage>
  /** How many requests fit. */
  countRequests(query: RequestFilter): Promise<number>
  request(id: string): Promise<RequestRow>
}

export interface VaultService {
  status(): VaultStatus
  create(input: VaultCreate, actor: Actor): Promise<VaultStatus>
  unlock(input: VaultUnlock, actor: Actor): Promise<VaultStatus>
  addSlot(input: SlotInput, actor: Actor): Promise<VaultStatus>
  removeSlot(id: string, actor: Actor): Promise<VaultStatus>
}

export interface SettingsService {
  get(): Settings
  update(patch: SettingsPatch, actor: Actor): Promise<Settings>
}

export interface HistoryService {
  list(query: HistoryQuery): Promise<HistoryEntry[]>
  restore(id: string, actor: Actor): Promise<void>
}

export interface PlaygroundService {
  /** Ends the call when `signal` aborts or the reader stops. PROXY_OFF. */
  run(input: PlaygroundInput, signal?: AbortSignal): AsyncGenerator<PlaygroundEvent, void, void>
}

export interface NoticeService {
  list(): Notice[]
  /** All of them unless named. */
  read(ids?: readonly string[]): Promise<{ read: number }>
}

export interface BackupService {
  /** The newest first. */
  list(): Promise<Backup[]>
  create(actor: Actor): Promise<Backup>
  /** BACKUP_NOT_FOUND. */
  remove(name: string, actor: Actor): Promise<Deleted>
  undelete(name: string, actor: Actor): Promise<Backup>
}

/** Putting one back closes the workspace and opens it again, so it is nothing that a workspace could do. */
interface BackupServices extends BackupService {
  /** BACKUP_NOT_FOUND, BACKUP_UNUSABLE; both leave everything as it is. Gives back the copy of what was there. */
  restore(name: string, actor: Actor): Promise<Backup>
}

export interface TransferService {
  export(input: ExportInput, actor: Actor): Promise<ExportDocument | SealedDocument | ExportedFiles>
  /** The first slice holds everything but keys as well; ends with what it has when `signal` aborts. */
  import(input: ImportInput, actor: Actor, signal?: AbortSignal): Promise<ImportPlan>
}

export interface TaskService {
  /** Ends a long call that was given this name; false = there is none now. */
  stop(name: string): { stopped: boolean }
}

export interface SystemService {
  info(): Promise<SystemInfo>
  diagnostics(): Promise<Record<string, unknown>>
  erase(actor: Actor): Promise<void>
}

/** What one workspace can do. */
export interface WorkspaceServices {
  pools: PoolService
  routes: RouteService
  prompts: PromptService
  cache: CacheService
  keys: KeyService
  clients: ClientService
  approvals: ApprovalService
  remotes: RemoteService
  users: UserService
  proxy: ProxyService
  usage: UsageService
  vault: VaultService
  settings: SettingsService
  history: HistoryService
  playground: PlaygroundService
  notices: NoticeService
  backups: BackupService
  transfer: TransferService
  tasks: TaskService
  system: SystemService
  /** Every fact that a window is told; gives back an unsubscribe function. The listener must not throw and must not wait. */
  subscribe(listener: (event: LiveEvent) => void): () => void
}

/** The same for as long as Keywheel runs, whichever workspace is open. */
export interface Services extends WorkspaceServices {
  workspaces: WorkspaceService
  backups: BackupServices
}
