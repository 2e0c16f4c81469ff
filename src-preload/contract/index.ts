/** The treaty between the window (or a script) and the application: every call, its input, its answer, its errors. */
import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import * as approval from './approval.ts'
import * as backup from './backup.ts'
import * as client from './client.ts'
import { id, instant, instantQuery, taskName } from './common.ts'
import * as drill from './drill.ts'
import { errorData } from './error-data.ts'
import { errorTable } from './errors.ts'
import * as history from './history.ts'
import * as key from './key.ts'
import * as limits from './limits.ts'
import * as modelRoute from './model-route.ts'
import * as notice from './notice.ts'
import * as playground from './playground.ts'
import * as pool from './pool.ts'
import * as prompt from './prompt.ts'
import * as proxy from './proxy.ts'
import * as quota from './quota.ts'
import * as remote from './remote.ts'
import * as settings from './settings.ts'
import * as system from './system.ts'
import * as transfer from './transfer.ts'
import * as usage from './usage.ts'
import * as vault from './vault.ts'
import * as workspace from './workspace.ts'

type ErrorMap = { [Code in keyof typeof errorTable]: { status: number; message: string; data: typeof errorData } }
const errors = Object.fromEntries(
  Object.entries(errorTable).map(([code, entry]) => [code, { ...entry, data: errorData }]),
) as ErrorMap

const base = oc.errors(errors)
type Path = `/${string}`
/** The noun that a path begins with, so that descriptions of the API come in parts. */
const tagsOf = (path: Path) => [path.split(/[/-]/)[1] ?? '']
const get = (path: Path, summary: string) => base.route({ method: 'GET', path, summary, tags: tagsOf(path) })
const post = (path: Path, summary: string, successStatus = 200) =>
  base.route({ method: 'POST', path, summary, successStatus, tags: tagsOf(path) })
const patch = (path: Path, summary: string) => base.route({ method: 'PATCH', path, summary, tags: tagsOf(path) })
const remove = (path: Path, summary: string) => base.route({ method: 'DELETE', path, summary, tags: tagsOf(path) })

const bySlug = z.strictObject({ slug: z.string().min(1).max(64) })
const byId = z.strictObject({ id })
/** A deleted thing can be brought back until then; afterwards it is gone for good. */
const deleted = z.object({ undoUntil: instant })

export const contract = {
  pools: {
    list: get('/pools', 'Every pool').output(z.array(pool.pool)),
    get: get('/pools/{slug}', 'One pool').input(bySlug).output(pool.pool),
    create: post('/pools', 'Makes a pool', 201).input(pool.poolCreate).output(pool.pool),
    update: patch('/pools/{slug}', 'Changes a pool; config is merged field by field')
      .input(pool.poolPatch.extend(bySlug.shape))
      .output(pool.pool),
    remove: remove('/pools/{slug}', 'Puts a pool into the trash').input(bySlug).output(deleted),
    restore: post('/pools/{slug}/restore', 'Takes a pool out of the trash').input(bySlug).output(pool.pool),
    publish: post('/pools/{slug}/publish', 'Publishes a pool: clients may call it from now on').input(bySlug).output(pool.pool),
    retire: post('/pools/{slug}/retire', 'Retires a pool: clients are told so, with its successor, by 410')
      .input(bySlug.extend({ successor: z.string().max(64).nullable().default(null) }))
      .output(pool.pool),
    trust: post('/pools/{slug}/trust', 'Binds all keys of a pool to its present origin as well')
      .input(bySlug)
      .output(z.object({ keys: z.number() })),
    demo: post('/pools-demo', 'Makes the demo pool: a built-in upstream, keys that need no vault', 201).output(pool.pool),
    accounts: get(
      '/pools/{slug}/accounts',
      'The accounts of a pool: how many real quotas its keys are, what is used, how long it will last',
    )
      .input(bySlug)
      .output(z.array(pool.account)),
    runway: get('/runway', 'The limits that end first at the present pace, one an account')
      .input(pool.runwayQuery)
      .output(pool.runway),
    providers: get('/providers', 'The providers that pools can be for').output(z.array(pool.provider)),
    drill: post('/pools/{slug}/drill', "Runs the fail-over drill with a pool's configuration; takes some seconds")
      .input(bySlug)
      .output(drill.drillReport),
  },
  routes: {
    list: get('/routes', 'Every route').output(z.array(modelRoute.modelRouteView)),
    create: post('/routes', 'Makes a route', 201).input(modelRoute.modelRouteInput).output(modelRoute.modelRouteView),
    update: base
      .route({ method: 'PUT', path: '/routes/{id}', summary: 'Replaces a route', tags: ['routes'] })
      .input(modelRoute.modelRouteInput.extend(byId.shape))
      .output(modelRoute.modelRouteView),
    remove: remove('/routes/{id}', 'Removes a route').input(byId).output(z.object({})),
    models: get('/models', 'Every model that the unified API serves at present, aliases not among them').output(
      z.array(modelRoute.servedModel),
    ),
    refresh: post('/models/refresh', 'Asks the providers again what they serve').output(z.array(modelRoute.servedModel)),
  },
  prompts: {
    list: get('/prompts', 'Every prompt').output(z.array(prompt.prompt)),
    get: get('/prompts/{slug}', 'One prompt').input(bySlug).output(prompt.prompt),
    create: post('/prompts', 'Makes a prompt, as a draft', 201).input(prompt.promptCreate).output(prompt.prompt),
    update: patch('/prompts/{slug}', 'Changes a prompt; new content is a new version')
      .input(prompt.promptPatch.extend(bySlug.shape))
      .output(prompt.prompt),
    remove: remove('/prompts/{slug}', 'Removes a prompt with its versions').input(bySlug).output(z.object({})),
    versions: get('/prompts/{slug}/versions', 'The versions of a prompt, the oldest first')
      .input(bySlug)
      .output(z.array(prompt.promptVersion)),
    publish: post('/prompts/{slug}/publish', 'Publishes a version of a prompt, the newest unless told')
      .input(bySlug.extend({ version: z.number().int().min(1).optional() }))
      .output(prompt.prompt),
    retire: post('/prompts/{slug}/retire', 'Retires a prompt: callers are told so, with its successor, by 410')
      .input(bySlug.extend({ successor: z.string().max(64).nullable().default(null) }))
      .output(prompt.prompt),
    openapi: get('/prompts-openapi', 'OpenAPI of the published prompts').output(z.record(z.string(), z.unknown())),
  },
  cache: {
    info: get('/cache', 'How much is kept').output(z.object({ entries: z.number(), bytes: z.number() })),
    clear: remove('/cache', 'Forgets every kept answer').output(z.object({})),
  },
  keys: {
    list: get('/keys', 'Keys by page, filtered').input(key.keyQuery).output(key.keyPage),
    get: get('/keys/{id}', 'One key, without its secret').input(byId).output(key.key),
    create: post('/keys', 'Adds a key', 201).input(key.keyCreate).output(key.key),
    preview: post('/keys/preview', 'What pasted text would become; nothing is stored')
      .input(key.keyImport.partial({ pool: true, tags: true }))
      .output(key.keyPreview),
    import: post('/keys/import', 'Adds the keys of a text').input(key.keyImport).output(key.keyImported),
    update: patch('/keys/{id}', 'Changes a key').input(key.keyPatch.extend(byId.shape)).output(key.key),
    remove: remove('/keys/{id}', 'Puts a key into the trash').input(byId).output(deleted),
    removeMany: post('/keys/remove', 'Puts keys into the trash')
      .input(z.strictObject({ ids: z.array(id).min(1).max(10_000) }))
      .output(deleted),
    restore: post('/keys/restore', 'Takes keys out of the trash')
      .input(z.strictObject({ ids: z.array(id).min(1).max(10_000) }))
      .output(z.object({ restored: z.number() })),
    enableMany: post('/keys/enable', 'Switches keys on or off')
      .input(z.strictObject({ ids: z.array(id).min(1).max(10_000), enabled: z.boolean() }))
      .output(z.object({ changed: z.number() })),
    check: post('/keys/{id}/check', "Asks the provider's free check about a key").input(byId).output(key.keyCheck),
    checkMany: post('/keys/check', 'Checks keys, told as it happens; those of an upstream that cannot be reached wait for it')
      .input(key.keyChecks)
      .output(eventIterator(key.keyChecksEvent)),
    resume: post('/keys/{id}/resume', 'Ends a cool-down or an invalid mark by hand').input(byId).output(key.key),
    limits: get('/keys/{id}/limits', "Every limit that a key lives under, its own and its account's, as it stands now")
      .input(byId)
      .output(z.array(limits.meter)),
    timeline: get('/keys/{id}/timeline', 'The last 20 changes of its state, the newest first')
      .input(byId)
      .output(z.array(key.keyEvent)),
    figures: post('/keys/figures', 'What keys were used for in the last 24 hours, and their nearest limits')
      .input(z.strictObject({ ids: z.array(id).min(1).max(200) }))
      .output(z.array(key.keyFigures)),
    usageLimits: get('/keys/{id}/usage-limits', "A key's limits in aiXplain's words, for today")
      .input(byId.extend({ model: z.string().max(200).optional() }))
      .output(z.array(limits.usageLimit)),
    reveal: post('/keys/{id}/reveal', 'The secret of a key; only where revealing is allowed')
      .input(byId)
      .output(z.object({ secret: z.string(), hideAfter: z.number() })),
    copy: post('/keys/{id}/copy', 'Copies the secret to the clipboard in the main process (desktop only)')
      .input(byId)
      .output(z.object({ clearAfter: z.number() })),
  },
  clients: {
    list: get('/clients', 'Every client').output(z.array(client.client)),
    create: post('/clients', 'Makes a client; its token is in this answer only', 201)
      .input(client.clientCreate)
      .output(client.clientCreated),
    get: get('/clients/{id}', 'One client').input(byId).output(client.client),
    update: patch('/clients/{id}', 'Changes what a client may do; its token stays')
      .input(client.clientPatch.extend(byId.shape))
      .output(client.client),
    rotate: post('/clients/{id}/rotate', 'Makes a new token; the old one stops working at once')
      .input(byId)
      .output(client.clientCreated),
    revoke: post(
      '/clients/{id}/revoke',
      'Takes the token away at once; what the client has used stays readable until it is removed',
    )
      .input(byId)
      .output(client.client),
    usage: get('/clients/{id}/usage', 'What a client has used by day, the newest last')
      .input(byId.extend({ from: instantQuery.optional(), to: instantQuery.optional() }))
      .output(z.array(quota.clientDay)),
    forgetUsage: remove(
      '/clients/{id}/usage',
      "Forgets the client's days from..to (all of them unless told), and gives the credits of a running interval back",
    )
      .input(byId.extend({ from: instantQuery.optional(), to: instantQuery.optional() }))
      .output(z.object({})),
    renew: post('/clients/{id}/renew', 'Puts off the end of a client that has one')
      .input(byId.extend({ expiresAt: instant }))
      .output(client.client),
    remove: remove('/clients/{id}', 'Removes a client with what it has used').input(byId).output(z.object({})),
  },
  approvals: {
    list: get(
      '/approvals',
      'Programs that asked for a token, the newest first, at most 200; decided ones are kept for a while',
    ).output(z.array(approval.approval)),
    approve: post('/approvals/{id}/approve', 'Gives the program a token, to be fetched by it')
      .input(approval.approvalDecision.extend(byId.shape))
      .output(approval.approval),
    deny: post('/approvals/{id}/deny', 'Refuses the program').input(byId).output(approval.approval),
  },
  remotes: {
    list: get('/remotes', 'Every server whose pools are used here').output(z.array(remote.remote)),
    create: post('/remotes', 'Adds a server; logs in first, and stores nothing when that fails', 201)
      .input(remote.remoteCreate)
      .output(remote.remote),
    update: patch('/remotes/{id}', 'Changes a server; a new name or password is tried first')
      .input(remote.remotePatch.extend(byId.shape))
      .output(remote.remote),
    remove: remove(
      '/remotes/{id}',
      'Removes a server; its synced pools stay, with the keys they have, and are no longer looked after',
    )
      .input(byId)
      .output(z.object({})),
    pools: get('/remotes/{id}/pools', 'The pools that a server offers').input(byId).output(z.array(remote.remotePool)),
    link: post('/remotes/{id}/links', 'Uses a pool of the server here', 201)
      .input(remote.linkCreate.extend(byId.shape))
      .output(remote.remote),
    unlink: remove('/remotes/{id}/links/{pool}', 'Uses a pool of the server no more')
      .input(byId.extend({ pool: z.string().max(64) }))
      .output(remote.remote),
    sync: post('/remotes/{id}/sync', 'Looks at every synced pool of a server now').input(byId).output(remote.remote),
  },
  users: {
    list: get('/users', 'Everybody who may log in at the apipool-server').output(z.array(remote.user)),
    create: post('/users', 'Makes a user', 201).input(remote.userCreate).output(remote.user),
    update: patch('/users/{id}', 'Changes a user').input(remote.userPatch.extend(byId.shape)).output(remote.user),
    remove: remove('/users/{id}', 'Removes a user and ends its sessions').input(byId).output(z.object({})),
  },
  workspaces: {
    list: get('/workspaces', 'Every workspace').output(z.array(workspace.workspace)),
    create: post('/workspaces', 'Makes a workspace, empty', 201).input(workspace.workspaceCreate).output(workspace.workspace),
    open: post(
      '/workspaces/{slug}/open',
      'Opens a workspace in place of the open one; every window and script sees it from then on',
    )
      .input(bySlug)
      .output(workspace.workspace),
    remove: remove('/workspaces/{slug}', 'Deletes the folder of a workspace with everything in it; `confirm` is its slug')
      .input(bySlug.extend({ confirm: z.string() }))
      .output(z.object({})),
  },
  proxy: {
    status: get('/proxy', 'Whether the proxy is on, and where').output(proxy.proxyStatus),
    start: post('/proxy/start', 'Switches the proxy on').input(proxy.proxyStart.default({})).output(proxy.proxyStatus),
    stop: post('/proxy/stop', 'Switches the proxy off; calls under way end first').output(proxy.proxyStatus),
    test: post('/proxy/test', 'Sends one small real request through the proxy, as a client would')
      .input(proxy.proxyTest)
      .output(proxy.proxyTested),
  },
  usage: {
    summary: get('/usage/summary', 'Sums over a range').input(usage.usageQuery).output(usage.usageSummary),
    series: get('/usage/series', 'The same by minute, hour or day').input(usage.seriesQuery).output(usage.usageSeries),
    models: get('/usage/models', 'The same by model').input(usage.seriesQuery).output(z.array(usage.modelUsage)),
    keys: get('/usage/keys', 'The same by key').input(usage.usageQuery).output(z.array(usage.keyUsage)),
    shares: get('/usage/shares', 'Who or what used how much, the most first: by model, pool, client or key')
      .input(usage.shareQuery)
      .output(usage.usageShares),
  },
  requests: {
    list: get('/requests', 'Requests by page, filtered, the newest first').input(usage.requestQuery).output(usage.requestPage),
    count: get('/requests/count', 'How many requests fit a filter')
      .input(usage.requestFilter)
      .output(z.object({ total: z.number() })),
    get: get('/requests/{id}', 'One request with its attempts').input(byId).output(usage.requestRow),
  },
  vault: {
    status: get('/vault', 'Whether the vault is open').output(vault.vaultStatus),
    create: post('/vault', 'Makes the vault', 201).input(vault.vaultCreate).output(vault.vaultStatus),
    unlock: post('/vault/unlock', 'Opens the vault').input(vault.vaultUnlock.default({})).output(vault.vaultStatus),
    addSlot: post('/vault/slots', 'Adds a way to open the vault', 201).input(vault.slotInput).output(vault.vaultStatus),
    removeSlot: remove('/vault/slots/{id}', 'Removes a way to open the vault').input(byId).output(vault.vaultStatus),
  },
  settings: {
    get: get('/settings', 'Every setting').output(settings.settings),
    update: patch('/settings', 'Changes settings').input(settings.settingsPatch).output(settings.settings),
  },
  history: {
    list: get('/history', 'Changes of a pool or of the settings, the newest first, at most 200')
      .input(history.historyQuery)
      .output(z.array(history.historyEntry)),
    restore: post('/history/{id}/restore', 'Makes it as it was before that change; this is a change as well')
      .input(byId)
      .output(z.object({})),
  },
  playground: {
    run: post('/playground', 'A call through the proxy, told as it happens; it ends when nobody listens any more')
      .input(playground.playgroundInput)
      .output(eventIterator(playground.playgroundEvent)),
  },
  notices: {
    list: get('/notices', 'What a person was told, the newest first, at most 200').output(z.array(notice.notice)),
    read: post('/notices/read', 'Marks notices as read; all of them unless named')
      .input(z.strictObject({ ids: z.array(id).max(200).optional() }).default({}))
      .output(z.object({ read: z.number() })),
  },
  backups: {
    list: get('/backups', 'Copies of the configuration, the newest first').output(z.array(backup.backup)),
    create: post('/backups', 'Makes a copy of the configuration now', 201).output(backup.backup),
    restore: post('/backups/{name}/restore', 'Puts a copy in place of the configuration; gives back the copy of what was there')
      .input(backup.backupName)
      .output(backup.backup),
    remove: remove('/backups/{name}', 'Deletes a copy').input(backup.backupName).output(deleted),
    undelete: post('/backups/{name}/undelete', 'Brings a copy back that was just deleted')
      .input(backup.backupName)
      .output(backup.backup),
  },
  transfer: {
    export: post('/export', 'Pools, keys and what belongs to them as a document or files')
      .input(transfer.exportInput.default({ what: 'all', secrets: 'none' }))
      .output(z.union([transfer.exportDocument, transfer.sealedDocument, transfer.exportedFiles])),
    import: post('/import', 'Shows what a document would change, or applies it')
      .input(transfer.importInput)
      .output(transfer.importPlan),
  },
  tasks: {
    stop: post('/tasks/{task}/stop', 'Stops a long call by the name that it was given; it answers at once with what it has done')
      .input(z.strictObject({ task: taskName }))
      .output(z.object({ stopped: z.boolean() })),
  },
  system: {
    info: get('/info', 'What is running here').output(system.systemInfo),
    diagnostics: get(
      '/diagnostics',
      'What helps to find a fault: versions, settings, counts, last warnings; no secret, no name',
    ).output(z.record(z.string(), z.unknown())),
    erase: post('/erase', 'Forgets everything but the settings').input(system.eraseInput).output(z.object({})),
    live: get('/live', 'What happens, as a stream of events').output(eventIterator(system.liveBatch)),
  },
}
export type Contract = typeof contract

export { type Approval, type ApprovalDecision, connectRequest } from './approval.ts'
export type { Backup } from './backup.ts'
export type * from './client.ts'
export { type CommandId, commandIds } from './commands.ts'
export { instantQuery as instantSchema, reservedSlugs, slug as slugSchema } from './common.ts'
export { type DrillFault, type DrillReport, type DrillSentence, drillFaults } from './drill.ts'
export type { ErrorData } from './error-data.ts'
export { type ErrorCode, errorTable, invalid, KeywheelError } from './errors.ts'
export { type HistoryEntry, type HistoryQuery } from './history.ts'
export {
  type Key,
  type KeyCheck,
  type KeyChecksEvent,
  type KeyCreate,
  type KeyEvent,
  type KeyFigures,
  type KeyImport,
  type KeyImported,
  type KeyPage,
  type KeyPatch,
  type KeyPreview,
  type KeyQuery,
  type KeyState,
  keyIdentifier,
  keyStates,
  type PausedChecks,
  secret as secretSchema,
  type Unreached,
} from './key.ts'
export {
  type Budget,
  type LimitSet,
  type LimitsByModel,
  limits as limitsSchema,
  type Meter,
  type TokenType,
  type UsageLimit,
} from './limits.ts'
export type { ModelRoute, ModelRouteInput, ModelRouteView, ServedModel } from './model-route.ts'
export { type Notice, type NoticeKind, type NoticeSettings, noticeKinds } from './notice.ts'
export type { Outbound } from './outbound.ts'
export { type PlaygroundEvent, type PlaygroundInput, playgroundImage } from './playground.ts'
export * from './pool.ts'
export type { Prompt, PromptCreate, PromptPatch, PromptVersion } from './prompt.ts'
export type * from './proxy.ts'
export { type ClientDay, type CreditRule, type Quota, type QuotaStanding, quotaDurations } from './quota.ts'
export {
  type LinkCreate,
  type Remote,
  type RemoteCreate,
  type RemoteLink,
  type RemotePatch,
  type RemotePool,
  type User,
  type UserCreate,
  type UserPatch,
} from './remote.ts'
export {
  type NewPools,
  type PriceRule,
  qualityLevels,
  type Settings,
  type SettingsPatch,
  settings as settingsSchema,
  settingsPatch as settingsPatchSchema,
} from './settings.ts'
export type { LiveBatch, LiveEvent, SystemInfo } from './system.ts'
export {
  documentVersion,
  type ExportDocument,
  type ExportedClient,
  type ExportedFiles,
  type ExportedKey,
  type ExportedPool,
  type ExportedPrompt,
  type ExportedRemote,
  type ExportedSettings,
  type ExportFormat,
  type ExportInput,
  exportDocument,
  exportedKey,
  exportFormats,
  type ImportInput,
  type ImportPlan,
  mostDocumentKeys,
  type SealedDocument,
  sealedDocument,
} from './transfer.ts'
export {
  type Attempt,
  type KeyUsage,
  type ModelUsage,
  outcomes,
  type RequestFilter,
  type RequestOutcome,
  type RequestPage,
  type RequestQuery,
  type RequestRow,
  type SeriesPoint,
  type SeriesQuery,
  type ShareQuery,
  type UsageQuery,
  type UsageSeries,
  type UsageShares,
  type UsageSummary,
} from './usage.ts'
export {
  type LockReason,
  type SlotInput,
  type SlotKind,
  type VaultCreate,
  type VaultSlot,
  type VaultStatus,
  type VaultUnlock,
} from './vault.ts'
export type { Workspace, WorkspaceCreate } from './workspace.ts'
