/** The treaty between the window (or a script) and the application: every call, its input, its answer, its errors. */
import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import * as approval from './approval.ts'
import * as client from './client.ts'
import { id, instant, instantQuery } from './common.ts'
import * as drill from './drill.ts'
import { errorData, errorTable } from './errors.ts'
import * as key from './key.ts'
import * as limits from './limits.ts'
import * as modelRoute from './model-route.ts'
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
const get = (path: `/${string}`) => base.route({ method: 'GET', path })
const post = (path: `/${string}`, successStatus = 200) => base.route({ method: 'POST', path, successStatus })
const patch = (path: `/${string}`) => base.route({ method: 'PATCH', path })
const remove = (path: `/${string}`) => base.route({ method: 'DELETE', path })

const bySlug = z.strictObject({ slug: z.string().min(1).max(64) })
const byId = z.strictObject({ id })
/** A deleted thing can be brought back until then; afterwards it is gone for good. */
const deleted = z.object({ undoUntil: instant })

export const contract = {
  pools: {
    list: get('/pools').output(z.array(pool.pool)),
    get: get('/pools/{slug}').input(bySlug).output(pool.pool),
    create: post('/pools', 201).input(pool.poolCreate).output(pool.pool),
    update: patch('/pools/{slug}').input(pool.poolPatch.extend(bySlug.shape)).output(pool.pool),
    remove: remove('/pools/{slug}').input(bySlug).output(deleted),
    restore: post('/pools/{slug}/restore').input(bySlug).output(pool.pool),
    /** Clients may call it from now on. */
    publish: post('/pools/{slug}/publish').input(bySlug).output(pool.pool),
    /** Clients are told so, with its successor, by 410. */
    retire: post('/pools/{slug}/retire')
      .input(bySlug.extend({ successor: z.string().max(64).nullable().default(null) }))
      .output(pool.pool),
    /** Binds all keys of the pool to its present origin as well. */
    trust: post('/pools/{slug}/trust')
      .input(bySlug)
      .output(z.object({ keys: z.number() })),
    /** Makes the demo pool: a built-in upstream, keys that need no vault. */
    demo: post('/pools-demo', 201).output(pool.pool),
    /** Its accounts with their limits: how many real quotas the keys are, what is used and how long it will last. */
    accounts: get('/pools/{slug}/accounts').input(bySlug).output(z.array(pool.account)),
    providers: get('/providers').output(z.array(pool.provider)),
    /** Runs the fail-over drill with this pool's configuration; takes some seconds. */
    drill: post('/pools/{slug}/drill').input(bySlug).output(drill.drillReport),
  },
  routes: {
    list: get('/routes').output(z.array(modelRoute.modelRouteView)),
    create: post('/routes', 201).input(modelRoute.modelRouteInput).output(modelRoute.modelRouteView),
    /** Replaces the route. */
    update: base
      .route({ method: 'PUT', path: '/routes/{id}' })
      .input(modelRoute.modelRouteInput.extend(byId.shape))
      .output(modelRoute.modelRouteView),
    remove: remove('/routes/{id}').input(byId).output(z.object({})),
    /** Every model that the unified API serves at present, aliases not among them. */
    models: get('/models').output(z.array(modelRoute.servedModel)),
    /** Asks the providers again what they serve. */
    refresh: post('/models/refresh').output(z.array(modelRoute.servedModel)),
  },
  prompts: {
    list: get('/prompts').output(z.array(prompt.prompt)),
    get: get('/prompts/{slug}').input(bySlug).output(prompt.prompt),
    create: post('/prompts', 201).input(prompt.promptCreate).output(prompt.prompt),
    update: patch('/prompts/{slug}').input(prompt.promptPatch.extend(bySlug.shape)).output(prompt.prompt),
    remove: remove('/prompts/{slug}').input(bySlug).output(z.object({})),
    versions: get('/prompts/{slug}/versions').input(bySlug).output(z.array(prompt.promptVersion)),
    /** Callers get this version from now on; the newest unless told. */
    publish: post('/prompts/{slug}/publish')
      .input(bySlug.extend({ version: z.number().int().min(1).optional() }))
      .output(prompt.prompt),
    /** Callers are told so, with its successor, by 410. */
    retire: post('/prompts/{slug}/retire')
      .input(bySlug.extend({ successor: z.string().max(64).nullable().default(null) }))
      .output(prompt.prompt),
    /** OpenAPI of the published prompts. */
    openapi: get('/prompts-openapi').output(z.record(z.string(), z.unknown())),
  },
  cache: {
    info: get('/cache').output(z.object({ entries: z.number(), bytes: z.number() })),
    clear: remove('/cache').output(z.object({})),
  },
  keys: {
    list: get('/keys').input(key.keyQuery).output(key.keyPage),
    get: get('/keys/{id}').input(byId).output(key.key),
    create: post('/keys', 201).input(key.keyCreate).output(key.key),
    preview: post('/keys/preview')
      .input(key.keyImport.partial({ pool: true, tags: true }))
      .output(key.keyPreview),
    import: post('/keys/import').input(key.keyImport).output(key.keyImported),
    update: patch('/keys/{id}').input(key.keyPatch.extend(byId.shape)).output(key.key),
    remove: remove('/keys/{id}').input(byId).output(deleted),
    removeMany: post('/keys/remove')
      .input(z.strictObject({ ids: z.array(id).min(1).max(10_000) }))
      .output(deleted),
    restore: post('/keys/restore')
      .input(z.strictObject({ ids: z.array(id).min(1).max(10_000) }))
      .output(z.object({ restored: z.number() })),
    enableMany: post('/keys/enable')
      .input(z.strictObject({ ids: z.array(id).min(1).max(10_000), enabled: z.boolean() }))
      .output(z.object({ changed: z.number() })),
    check: post('/keys/{id}/check').input(byId).output(key.keyCheck),
    /** Ends a cool-down or an invalid mark by hand. */
    resume: post('/keys/{id}/resume').input(byId).output(key.key),
    /** Every limit the key lives under, its own and its account's, as it stands now. */
    limits: get('/keys/{id}/limits').input(byId).output(z.array(limits.meter)),
    /** The same in aiXplain's words, for today. */
    usageLimits: get('/keys/{id}/usage-limits')
      .input(byId.extend({ model: z.string().max(200).optional() }))
      .output(z.array(limits.usageLimit)),
    reveal: post('/keys/{id}/reveal')
      .input(byId)
      .output(z.object({ secret: z.string(), hideAfter: z.number() })),
    /** Copies the secret to the clipboard in the main process (desktop only). */
    copy: post('/keys/{id}/copy')
      .input(byId)
      .output(z.object({ clearAfter: z.number() })),
  },
  clients: {
    list: get('/clients').output(z.array(client.client)),
    create: post('/clients', 201).input(client.clientCreate).output(client.clientCreated),
    get: get('/clients/{id}').input(byId).output(client.client),
    update: patch('/clients/{id}').input(client.clientPatch.extend(byId.shape)).output(client.client),
    /** A new token; the old one stops working at once. */
    rotate: post('/clients/{id}/rotate').input(byId).output(client.clientCreated),
    /** Its token stops working at once; what it has used stays readable until it is removed. */
    revoke: post('/clients/{id}/revoke').input(byId).output(client.client),
    /** By day, newest last. */
    usage: get('/clients/{id}/usage')
      .input(byId.extend({ from: instantQuery.optional(), to: instantQuery.optional() }))
      .output(z.array(quota.clientDay)),
    /** Forgets the client's days from..to (all of them unless told), and gives the credits of a running interval back. */
    forgetUsage: remove('/clients/{id}/usage')
      .input(byId.extend({ from: instantQuery.optional(), to: instantQuery.optional() }))
      .output(z.object({})),
    /** Puts off the end of a client that has one. */
    renew: post('/clients/{id}/renew')
      .input(byId.extend({ expiresAt: instant }))
      .output(client.client),
    remove: remove('/clients/{id}').input(byId).output(z.object({})),
  },
  approvals: {
    /** The newest first, at most 200; decided ones are kept for a while. */
    list: get('/approvals').output(z.array(approval.approval)),
    approve: post('/approvals/{id}/approve').input(approval.approvalDecision.extend(byId.shape)).output(approval.approval),
    deny: post('/approvals/{id}/deny').input(byId).output(approval.approval),
  },
  remotes: {
    list: get('/remotes').output(z.array(remote.remote)),
    /** Logs in first; nothing is stored when that fails. */
    create: post('/remotes', 201).input(remote.remoteCreate).output(remote.remote),
    update: patch('/remotes/{id}').input(remote.remotePatch.extend(byId.shape)).output(remote.remote),
    /** Its pools here stay, with the keys they have, and are no longer looked after. */
    remove: remove('/remotes/{id}').input(byId).output(z.object({})),
    /** What the server offers. */
    pools: get('/remotes/{id}/pools').input(byId).output(z.array(remote.remotePool)),
    link: post('/remotes/{id}/links', 201).input(remote.linkCreate.extend(byId.shape)).output(remote.remote),
    unlink: remove('/remotes/{id}/links/{pool}')
      .input(byId.extend({ pool: z.string().max(64) }))
      .output(remote.remote),
    /** Looks at every synced pool now. */
    sync: post('/remotes/{id}/sync').input(byId).output(remote.remote),
  },
  users: {
    list: get('/users').output(z.array(remote.user)),
    create: post('/users', 201).input(remote.userCreate).output(remote.user),
    update: patch('/users/{id}').input(remote.userPatch.extend(byId.shape)).output(remote.user),
    remove: remove('/users/{id}').input(byId).output(z.object({})),
  },
  workspaces: {
    list: get('/workspaces').output(z.array(workspace.workspace)),
    create: post('/workspaces', 201).input(workspace.workspaceCreate).output(workspace.workspace),
    /** Closes the open one and opens this one in its place; every window and script sees the new one from then on. */
    open: post('/workspaces/{slug}/open').input(bySlug).output(workspace.workspace),
    /** Deletes its folder with everything in it; `confirm` is its slug. */
    remove: remove('/workspaces/{slug}')
      .input(bySlug.extend({ confirm: z.string() }))
      .output(z.object({})),
  },
  proxy: {
    status: get('/proxy').output(proxy.proxyStatus),
    start: post('/proxy/start').input(proxy.proxyStart.default({})).output(proxy.proxyStatus),
    stop: post('/proxy/stop').output(proxy.proxyStatus),
    /** Sends one small real request through the proxy, as a client would. */
    test: post('/proxy/test').input(proxy.proxyTest).output(proxy.proxyTested),
  },
  usage: {
    summary: get('/usage/summary').input(usage.usageQuery).output(usage.usageSummary),
    series: get('/usage/series').input(usage.seriesQuery).output(usage.usageSeries),
    models: get('/usage/models').input(usage.seriesQuery).output(z.array(usage.modelUsage)),
    keys: get('/usage/keys').input(usage.usageQuery).output(z.array(usage.keyUsage)),
  },
  requests: {
    list: get('/requests').input(usage.requestQuery).output(usage.requestPage),
    get: get('/requests/{id}').input(byId).output(usage.requestRow),
  },
  vault: {
    status: get('/vault').output(vault.vaultStatus),
    create: post('/vault', 201).input(vault.vaultCreate).output(vault.vaultStatus),
    unlock: post('/vault/unlock').input(vault.vaultUnlock.default({})).output(vault.vaultStatus),
    addSlot: post('/vault/slots', 201).input(vault.slotInput).output(vault.vaultStatus),
    removeSlot: remove('/vault/slots/{id}').input(byId).output(vault.vaultStatus),
  },
  settings: {
    get: get('/settings').output(settings.settings),
    update: patch('/settings').input(settings.settingsPatch).output(settings.settings),
  },
  transfer: {
    export: post('/export')
      .input(transfer.exportInput.default({ what: 'all', secrets: 'none' }))
      .output(z.union([transfer.exportDocument, transfer.sealedDocument, transfer.exportedFiles])),
    import: post('/import').input(transfer.importInput).output(transfer.importPlan),
  },
  system: {
    info: get('/info').output(system.systemInfo),
    erase: post('/erase').input(system.eraseInput).output(z.object({})),
    live: get('/live').output(eventIterator(system.liveBatch)),
  },
}
export type Contract = typeof contract

export { type Approval, type ApprovalDecision, connectRequest } from './approval.ts'
export type * from './client.ts'
export { type CommandId, commandIds } from './commands.ts'
export { instantQuery as instantSchema, reservedSlugs, slug as slugSchema } from './common.ts'
export { type DrillFault, type DrillReport, type DrillSentence, drillFaults } from './drill.ts'
export { type ErrorCode, type ErrorData, errorTable, invalid, KeywheelError } from './errors.ts'
export {
  type Key,
  type KeyCheck,
  type KeyCreate,
  type KeyImport,
  type KeyImported,
  type KeyPage,
  type KeyPatch,
  type KeyPreview,
  type KeyQuery,
  type KeyState,
  keyIdentifier,
  keyStates,
  secret as secretSchema,
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
export type { Outbound } from './outbound.ts'
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
  type PriceRule,
  qualityLevels,
  type Settings,
  type SettingsPatch,
  settings as settingsSchema,
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
  exportFormats,
  type ImportInput,
  type ImportPlan,
  type SealedDocument,
  sealedDocument,
} from './transfer.ts'
export {
  type Attempt,
  type KeyUsage,
  type ModelUsage,
  outcomes,
  type RequestOutcome,
  type RequestPage,
  type RequestQuery,
  type RequestRow,
  type SeriesPoint,
  type SeriesQuery,
  type UsageQuery,
  type UsageSeries,
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
