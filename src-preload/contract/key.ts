/** Keys: everything about a key except its secret. */
import { z } from 'zod'
import { cursor, id, instant, pageLimit, slug, tags, taskName } from './common.ts'
import { budget, limits, meter, timeZone } from './limits.ts'
import { outbound } from './outbound.ts'
import { providerIds } from './pool.ts'

export const keyStates = ['ready', 'cooling', 'exhausted', 'invalid', 'disabled', 'unchecked'] as const
const keyState = z.enum(keyStates)
export type KeyState = z.infer<typeof keyState>

/** One line of printable ASCII without spaces: anything else can never be put in a header. Surrounding blanks are not taken away. */
export const secret = z
  .string()
  .min(1, 'paste the key')
  .max(16_384)
  .regex(/^[\x21-\x7e]+$/, 'a key is one line of printable ASCII without spaces')

/** Routes of that protocol, and what no URL can say. */
const routes: ReadonlySet<string> = new Set(['raw', 'export', 'import', 'batch-import'])
const isStep = (segment: string) => /^\.{1,2}(;.*)?$/.test(segment.replaceAll(/%2e/gi, '.'))
const isAddressable = (text: string) => !/[\p{Cc}\\]/u.test(text) && !text.split(/\/|%2f/i).some(isStep)

/** A key's name in the apipool protocol: any text that an address there can hold. */
export const keyIdentifier = z
  .string()
  .min(1)
  .max(128)
  .refine((text) => !routes.has(text), 'this name is an address of the apipool protocol; take another one')
  .refine(isAddressable, 'no URL takes backslashes, control characters, and . or .. between slashes')
  .refine((text) => text.isWellFormed(), 'there is half a character in it')

const label = z.string().trim().min(1).max(128)
const weight = z.number().int().min(0).max(1_000_000)
const priority = z.number().int().min(-1_000_000).max(1_000_000)

export const membership = z.object({ pool: z.string(), priority, weight })

/** What its owner allows a key, and the account whose quota it draws on. */
export const allowances = {
  /** Its own limits; its account's are the pool's (`config.limits`). */
  limits: limits.optional(),
  /** Zone in which its days end. */
  limitZone: timeZone.optional(),
  budget: budget.nullable().optional(),
  /** Keys of one account share its limits and cool-downs; null = found out from answers. */
  account: z.string().trim().min(1).max(128).nullable().optional(),
  /** Proxy on the way to the upstream; null = the pool's. */
  outbound: outbound.nullable().optional(),
}

export const keyCreate = z.strictObject({
  secret,
  label: label.optional(),
  identifier: keyIdentifier.optional(),
  pools: z.array(slug).min(1).max(64),
  tags: tags.default([]),
  notes: z.string().max(4000).default(''),
  weight: weight.default(1),
  priority: priority.default(0),
  expiresAt: instant.nullable().optional(),
  ...allowances,
})
export type KeyCreate = z.output<typeof keyCreate>

export const keyPatch = z.strictObject({
  label: label.optional(),
  /** Null = it is called by its id there. */
  identifier: keyIdentifier.nullable().optional(),
  tags: tags.optional(),
  notes: z.string().max(4000).optional(),
  enabled: z.boolean().optional(),
  expiresAt: instant.nullable().optional(),
  /** Replaces the secret; the new one may go where the old one might. */
  secret: secret.optional(),
  pools: z.array(slug).max(64).optional(),
  /** For every pool of the key. */
  weight: weight.optional(),
  priority: priority.optional(),
  ...allowances,
  /** Needed when `pools` would send the key to an origin it is not bound to. */
  confirmAudience: z.boolean().optional(),
})
export type KeyPatch = z.output<typeof keyPatch>

export const key = z.object({
  id,
  /** Its name in the apipool protocol; null = its id. */
  identifier: z.string().nullable(),
  label: z.string(),
  provider: z.string(),
  /** Public prefix and last four characters, e.g. `sk-…ab12`. */
  hint: z.string(),
  tags: z.array(z.string()),
  notes: z.string(),
  enabled: z.boolean(),
  state: keyState,
  /** Why it is in this state, in the provider's own words where there are any. */
  reason: z.string().nullable(),
  /** The only model that the state is about; null = all of them. */
  model: z.string().nullable(),
  /** When the state ends by itself. */
  until: instant.nullable(),
  inFlight: z.number(),
  pools: z.array(membership),
  limits,
  limitZone: z.string(),
  budget: budget.nullable(),
  outbound: outbound.nullable(),
  account: z.object({ id: z.string(), source: z.enum(['set', 'discovered']) }).nullable(),
  expiresAt: instant.nullable(),
  lastUsedAt: instant.nullable(),
  checkedAt: instant.nullable(),
  createdAt: instant,
})
export type Key = z.infer<typeof key>

/** A change of a key's state. */
export const keyEvent = z.object({
  at: instant,
  state: keyState,
  /** Null = all models. */
  model: z.string().nullable(),
  /** Why, in the provider's own words where there are any; null = the reason ended. */
  reason: z.string().nullable(),
  until: instant.nullable(),
})
export type KeyEvent = z.infer<typeof keyEvent>

/** What a list shows of a key's use. */
export const keyFigures = z.object({
  id,
  /** Attempts of each of the last 24 hours, the oldest first; the last one is the running hour. */
  hours: z.array(z.number()),
  /** Those of them that failed. */
  failedHours: z.array(z.number()),
  attempts: z.number(),
  failed: z.number(),
  /** Input and output since midnight of the key's own zone, by whole UTC hours. */
  tokensToday: z.number(),
  /** The limit of which the largest part is used; null = it lives under none. */
  nearest: meter.nullable(),
})
export type KeyFigures = z.infer<typeof keyFigures>

export const keyQuery = z.strictObject({
  pool: z.string().max(64).optional(),
  state: keyState.optional(),
  /** Part of a label, identifier, tag or hint, or a whole pasted key. */
  q: z.string().max(16_384).optional(),
  limit: pageLimit,
  cursor,
})
export type KeyQuery = z.output<typeof keyQuery>

export const keyPage = z.object({
  items: z.array(key),
  total: z.number(),
  counts: z.record(keyState, z.number()),
  nextCursor: z.string().nullable(),
})
export type KeyPage = z.infer<typeof keyPage>

/** 64 MiB is the cap of the transport; this is the cap of one text. */
const importText = z
  .string()
  .min(1, 'paste something')
  .max(64 * 1024 * 1024)

export const keyImport = z.strictObject({
  text: importText,
  /** The .env beside a keys.json whose entries name its variables. */
  env: z
    .string()
    .max(16 * 1024 * 1024)
    .optional(),
  pool: slug,
  /** By provider: keys that look like its go to that pool, all others to `pool`; none that is in any pool already. */
  pools: z.partialRecord(z.enum(providerIds), slug).optional(),
  /** For all of them, beside their own. */
  tags: tags.default([]),
  task: taskName.optional(),
})
export type KeyImport = z.output<typeof keyImport>

const invalidLine = z.object({ line: z.number(), reason: z.string() })
export const keyImported = z.object({
  added: z.number(),
  duplicates: z.number(),
  invalid: z.array(invalidLine),
  /** Of the keys that were added, in the order of the text. */
  ids: z.array(id),
  /** Keys of the text that were not looked at, because it was stopped. */
  left: z.number(),
})
export type KeyImported = z.infer<typeof keyImported>

const previewRow = z.object({
  line: z.number(),
  status: z.enum(['new', 'duplicate', 'invalid']),
  hint: z.string(),
  label: z.string(),
  provider: z.string().nullable(),
  reason: z.string().nullable(),
})
export const keyPreview = z.object({
  format: z.string(),
  /** At most 200 rows; the counts are for all. */
  rows: z.array(previewRow),
  new: z.number(),
  duplicates: z.number(),
  invalid: z.number(),
  /** The provider that most keys look like. */
  provider: z.string().nullable(),
  /** How many keys look like each provider's and how many of those are new, most first; null = like nobody's. */
  providers: z.array(z.object({ provider: z.string().nullable(), keys: z.number(), new: z.number() })),
})
export type KeyPreview = z.infer<typeof keyPreview>

/**
 * What did not let itself be connected to. `network`: there is no way to it from here (no name, no route, silence). `upstream`: its
 * machine refuses connections. `proxy`: the proxy on the way out.
 */
const unreached = z.enum(['network', 'upstream', 'proxy'])
export type Unreached = z.infer<typeof unreached>

export const keyCheck = z.object({
  id,
  usable: z.boolean(),
  outcome: z.string(),
  message: z.string(),
  checkedAt: instant,
  /** Null = somebody answered, or the connection broke later. */
  unreached: unreached.nullable(),
})
export type KeyCheck = z.infer<typeof keyCheck>

export const keyChecks = z.strictObject({ ids: z.array(id).min(1).max(100_000) })

const pausedChecks = z.object({
  /** Of the upstream. */
  host: z.string(),
  unreached,
  /** Keys that wait for it. */
  left: z.number(),
})
export type PausedChecks = z.infer<typeof pausedChecks>

/** What happens in a check of many keys; each key comes up once, as checked, skipped or left. */
export const keyChecksEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('checked'), check: keyCheck }),
  /** It could not be asked about: no free check, not bound to that address, the vault is locked, … */
  z.object({ type: z.literal('skipped'), id, code: z.string() }),
  /** What cannot be reached now, after each change of it: its keys wait. */
  z.object({ type: z.literal('paused'), upstreams: z.array(pausedChecks) }),
  /** It stayed away for ten minutes: these keys were not looked at. */
  z.object({ type: z.literal('left'), host: z.string(), ids: z.array(id) }),
])
export type KeyChecksEvent = z.infer<typeof keyChecksEvent>
