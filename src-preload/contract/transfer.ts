/** Export and import of a workspace: one versioned document that knows names, never ids. */
import { z } from 'zod'
import { clientCreate, lanes } from './client.ts'
import { changesOf, id, slug, tags, taskName } from './common.ts'
import { allowances, keyIdentifier, membership, secret } from './key.ts'
import { modelRouteInput } from './model-route.ts'
import { authStyle, poolConfigInput, poolStates, strategy } from './pool.ts'
import { promptContent, promptStates } from './prompt.ts'
import { linkCreate, remoteCreate } from './remote.ts'
import { settings } from './settings.ts'

const exportedPool = z.strictObject({
  slug,
  name: z.string().min(1).max(128),
  provider: z.string().min(1).max(64),
  baseUrl: z.string().max(2048),
  auth: authStyle,
  /** What is not said stays as it is; a new pool begins with what the settings say. */
  strategy: strategy.optional(),
  /** What differs from the built-in defaults. */
  config: poolConfigInput.optional(),
  /** Since version 4. */
  alias: z.string().max(256).nullable().optional(),
  state: z.enum(poolStates).optional(),
  successor: slug.nullable().optional(),
  /** What the apipool protocol keeps beside it. */
  extras: z
    .strictObject({ description: z.string().nullable(), config: z.record(z.string(), z.unknown()) })
    .nullable()
    .optional(),
})
export type ExportedPool = z.output<typeof exportedPool>

/** So many keys of one document at most. */
export const mostDocumentKeys = 100_000
export const exportedKey = z.strictObject({
  label: z.string().max(128),
  provider: z.string().max(64),
  hint: z.string().max(64),
  tags,
  notes: z.string().max(4000),
  enabled: z.boolean(),
  expiresAt: z.number().int().nullable(),
  /** Its name in the apipool protocol, and what that keeps beside it. */
  identifier: keyIdentifier.nullable().optional(),
  clientConfig: z.record(z.string(), z.unknown()).nullable().optional(),
  ...allowances,
  pools: z.array(z.strictObject({ ...membership.shape, pool: slug })).max(64),
  /** Binds an export without secrets to the same key where it is still in the vault (per-install HMAC). */
  fingerprint: z.string().max(64).nullable(),
  /** Only in sealed exports and in those in the clear. */
  secret: secret.optional(),
  audience: z.array(z.string().max(2048)).max(64).optional(),
})
export type ExportedKey = z.output<typeof exportedKey>

/** A prompt with all its versions. */
const exportedPrompt = z.strictObject({
  slug,
  name: z.string().trim().min(1).max(128),
  description: z.string().max(4000),
  state: z.enum(promptStates),
  published: z.number().int().min(1).nullable(),
  successor: slug.nullable(),
  versions: z
    .array(z.strictObject({ version: z.number().int().min(1), ...promptContent }))
    .min(1)
    .max(10_000),
})
export type ExportedPrompt = z.output<typeof exportedPrompt>

/** A client without its token: where it is imported it gets one by `rotate`. */
const exportedClient = z.strictObject({
  name: clientCreate.shape.name,
  pools: z.array(slug).max(200).nullable(),
  lane: z.enum(lanes),
  models: clientCreate.shape.models.unwrap().nullable(),
  budget: clientCreate.shape.budget.unwrap(),
  quotas: clientCreate.shape.quotas.unwrap(),
  expiresAt: z.number().int().nullable(),
})
export type ExportedClient = z.output<typeof exportedClient>

/** Another server without its password: where it is imported a person gives it. */
const exportedRemote = z.strictObject({
  name: remoteCreate.shape.name.unwrap(),
  url: remoteCreate.shape.url,
  username: remoteCreate.shape.username,
  links: z
    .array(linkCreate.pick({ identifier: true, mode: true }).extend({ pool: slug, interval: z.number(), report: z.boolean() }))
    .max(1000),
})
export type ExportedRemote = z.output<typeof exportedRemote>

/** Those that are the workspace's own: not where this machine listens, how it reaches the world, whom it lets in, how it looks. */
const exportedSettings = changesOf(
  settings.pick({
    retentionDays: true,
    retentionMb: true,
    prices: true,
    creditRules: true,
    cacheMb: true,
    newPools: true,
    quality: true,
  }),
)
export type ExportedSettings = z.output<typeof exportedSettings>

/** 2 added limits, budgets and accounts of keys; 3 routes, prompts and the keys' outbound proxies; 4 the life of pools, clients, servers, settings. */
export const documentVersion = 4
const readableVersion = z.literal([1, 2, 3, documentVersion])
export const exportDocument = z.strictObject({
  format: z.literal('keywheel-export'),
  version: readableVersion,
  createdAt: z.string(),
  appVersion: z.string(),
  pools: z.array(exportedPool).max(10_000).default([]),
  keys: z.array(exportedKey).max(mostDocumentKeys).default([]),
  routes: z.array(modelRouteInput).max(10_000).default([]),
  prompts: z.array(exportedPrompt).max(10_000).default([]),
  clients: z.array(exportedClient).max(10_000).default([]),
  remotes: z.array(exportedRemote).max(1000).default([]),
  settings: exportedSettings.default({}),
})
export type ExportDocument = z.output<typeof exportDocument>

/** A sealed export: the document above as an age passphrase file (ASCII armour), which any age program opens. */
export const sealedDocument = z.strictObject({
  format: z.literal('keywheel-export'),
  version: readableVersion,
  sealed: z.literal('age'),
  age: z.string().startsWith('-----BEGIN AGE ENCRYPTED FILE-----'),
})
export type SealedDocument = z.output<typeof sealedDocument>

/** `keywheel` = the document above; the others hold keys only, as other programs read them. */
export const exportFormats = ['keywheel', 'apipool-csv', 'apipool-json', 'env', 'keys-json'] as const
const exportFormat = z.enum(exportFormats)
export type ExportFormat = z.output<typeof exportFormat>

export const exportInput = z.strictObject({
  /** Absent = `keywheel`. */
  format: exportFormat.optional(),
  /** Of our own document. Routes and prompts go with the pools; clients, servers and settings only with all. */
  what: z.enum(['pools', 'keys', 'all']).default('all'),
  /** Only the keys of this pool; not for our own document. */
  pool: slug.optional(),
  /** Only these keys, by their ids; in our own document with `what` = keys. */
  keys: z.array(id).min(1).max(10_000).optional(),
  /** `clear`: for a person who has confirmed it, and for scripts only where secrets may be revealed (REVEAL_DISABLED). */
  secrets: z.enum(['none', 'sealed', 'clear']).default('none'),
  passphrase: z.string().min(12, 'use 12 characters or more').max(1024).optional(),
})
export type ExportInput = z.output<typeof exportInput>

/** Keys for another program; sealed ones are age files. `keys-json` gives two: keys.json and the .env that its entries name. */
export const exportedFiles = z.strictObject({
  format: exportFormat.exclude(['keywheel']),
  files: z.array(z.object({ name: z.string(), type: z.string(), text: z.string() })),
})
export type ExportedFiles = z.output<typeof exportedFiles>

export const importInput = z.strictObject({
  /** What an export gave: the object, or its text (JSON, or age armour). */
  document: z.union([z.record(z.string(), z.unknown()), z.string().max(64 * 1024 * 1024)]),
  passphrase: z.string().min(1).max(1024).optional(),
  mode: z.enum(['preview', 'apply']).default('preview'),
  task: taskName.optional(),
})
export type ImportInput = z.output<typeof importInput>

const state = z.record(z.string(), z.unknown())
const poolAction = z.enum(['add', 'replace', 'same', 'refused'])
const keyAction = z.enum(['add', 'link', 'same', 'no-secret', 'refused'])
const named = z.object({ action: poolAction, reason: z.string().nullable() })
export const importPlan = z.object({
  applied: z.boolean(),
  pools: z.array(
    z.object({
      slug: z.string(),
      action: poolAction,
      changes: z.array(z.string()),
      /** As it is here and as it would be; null where nothing takes its place. */
      before: state.nullable(),
      after: state.nullable(),
      reason: z.string().nullable(),
    }),
  ),
  routes: z.array(named.extend({ model: z.string() })),
  prompts: z.array(named.extend({ slug: z.string() })),
  /** A new one has no token yet. */
  clients: z.array(named.extend({ name: z.string() })),
  /** A new one has no password yet. */
  remotes: z.array(named.extend({ name: z.string() })),
  /** Names of those that would change, and what they are and would be. */
  settings: z.array(z.string()),
  settingsBefore: state,
  settingsAfter: state,
  keys: z.object({
    counts: z.partialRecord(keyAction, z.number()),
    /** At most 200. */
    rows: z.array(z.object({ label: z.string(), hint: z.string(), action: keyAction, reason: z.string().nullable() })),
    /** Keys of the document that were not looked at, because it was stopped. */
    left: z.number(),
  }),
})
export type ImportPlan = z.infer<typeof importPlan>
