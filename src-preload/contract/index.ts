/** The treaty between the window (or a script) and the application: every call, its input, its answer, its errors. */
import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import * as client from './client.ts'
import { id, instant } from './common.ts'
import * as drill from './drill.ts'
import { errorData, errorTable } from './errors.ts'
import * as key from './key.ts'
import * as limits from './limits.ts'
import * as modelRoute from './model-route.ts'
import * as pool from './pool.ts'
import * as prompt from './prompt.ts'
import * as proxy from './proxy.ts'
import * as settings from './settings.ts'
import * as system from './system.ts'
import * as transfer from './transfer.ts'
import * as usage from './usage.ts'
import * as vault from './vault.ts'

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
    /** Puts off the end of a client that has one. */
    renew: post('/clients/{id}/renew')
      .input(byId.extend({ expiresAt: instant }))
      .output(client.client),
    remove: remove('/clients/{id}').input(byId).output(z.object({})),
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
      .output(z.union([transfer.exportDocument, transfer.sealedDocument])),
    import: post('/import').input(transfer.importInput).output(transfer.importPlan),
  },
  system: {
    info: get('/info').output(system.systemInfo),
    erase: post('/erase').input(system.eraseInput).output(z.object({})),
    live: get('/live').output(eventIterator(system.liveBatch)),
  },
}
export type Contract = typeof contract

export type * from './client.ts'
export { type CommandId, commandIds } from './commands.ts'
export { reservedSlugs } from './common.ts'
export { type DrillFault, type DrillReport, drillFaults } from './drill.ts'
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
  keyStates,
  secret as secretSchema,
} from './key.ts'
export {
  type Budget,
  type LimitSet,
  type LimitsByModel,
  type Meter,
  type TokenType,
  type UsageLimit,
} from './limits.ts'
export type { ModelRoute, ModelRouteInput, ModelRouteView, ServedModel } from './model-route.ts'
export type { Outbound } from './outbound.ts'
export * from './pool.ts'
export type { Prompt, PromptCreate, PromptPatch, PromptVersion } from './prompt.ts'
export type * from './proxy.ts'
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
  type ExportedKey,
  type ExportedPool,
  type ExportedPrompt,
  type ExportInput,
  exportDocument,
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
