/** Settings: each with its default. A new one is a line here, a control in the Settings screen, and its words. */
import { z } from 'zod'
import { changesOf } from './common.ts'
import { modelName, modelPattern } from './limits.ts'
import { noticeSettings } from './notice.ts'
import { outbound } from './outbound.ts'
import { poolConfigInput, strategy } from './pool.ts'
import { port } from './proxy.ts'
import { creditRule } from './quota.ts'

/** US dollars per million tokens; calls that fit no rule cost as the table says. */
const price = z.strictObject({
  /** `*` = every provider. */
  provider: z.string().min(1).max(64),
  model: modelPattern,
  input: z.number().min(0).max(1e6),
  output: z.number().min(0).max(1e6),
  /** What is read from and written into the provider's cache; absent = as input. */
  cacheRead: z.number().min(0).max(1e6).optional(),
  cacheWrite: z.number().min(0).max(1e6).optional(),
})
export type PriceRule = z.infer<typeof price>

export const qualityLevels = ['draft', 'standard', 'production', 'research'] as const
const models = z.array(modelName).max(16)

/** What a new pool begins with where nobody says otherwise; pools that exist stay as they are. */
const newPools = z.strictObject({
  strategy: strategy.default('round_robin'),
  config: poolConfigInput
    .superRefine(({ fallback = [] }, context) => {
      for (const [entry, { then }] of fallback.entries()) {
        for (const [step, target] of then.entries()) {
          // A pool that is there today is not there, or speaks another API, for a pool made tomorrow.
          if (!target.includes('/')) continue
          const message = 'name a model of the new pool itself; other pools can be named in a pool of its own'
          context.addIssue({ code: 'custom', path: ['fallback', entry, 'then', step], message })
        }
      }
    })
    .default({}),
})
export type NewPools = z.output<typeof newPools>

export const settings = z.strictObject({
  theme: z.enum(['system', 'light', 'dark']).default('system'),
  language: z.enum(['system', 'en', 'zh']).default('system'),
  proxyPort: port.default(8787),
  /** Start the proxy with Keywheel when it was on at the last stop. */
  proxyRestore: z.boolean().default(true),
  /** Web pages that may call the proxy: exact origins, never `*`. */
  proxyOrigins: z
    .array(z.string().regex(/^https?:\/\/[^/*\s]+$/, 'give an exact origin such as http://localhost:5173'))
    .max(32)
    .default([]),
  /** Request rows are kept this long. */
  retentionDays: z.number().int().min(1).max(3650).default(30),
  /** …and at most this many megabytes of them. */
  retentionMb: z.number().int().min(10).max(100_000).default(500),
  /** Proxy on the way to providers, for pools and keys that name none. */
  outbound: outbound.default('system'),
  /** Hosts that are always reached directly, as in NO_PROXY. */
  noProxy: z.string().max(4000).default(''),
  /** A PEM file of further certificate authorities; null = only the system's. */
  caFile: z.string().max(1024).nullable().default(null),
  /** Your own prices; the first that fits counts. */
  prices: z.array(price).max(1000).default([]),
  /** What calls cost of their client's quotas; the first that fits counts. */
  creditRules: z.array(creditRule).max(1000).default([]),
  /** Lets programs without a token ask for one (`POST /connect`). */
  connectRequests: z.boolean().default(true),
  /** Serves the apipool protocol under /api/v1 at the proxy's port. */
  apipoolServer: z.boolean().default(false),
  /** Lets strangers make themselves a user there: without rights until an admin gives some. */
  apipoolRegistration: z.boolean().default(false),
  /** Users with that right may read keys in the clear there. */
  apipoolReveal: z.boolean().default(false),
  /** Kept answers take at most so many megabytes. */
  cacheMb: z.number().int().min(1).max(10_000).default(100),
  /** What a person is told of without looking. */
  notices: noticeSettings.default({
    kinds: {
      'key-invalid': true,
      'pool-dry': true,
      'budget-near': true,
      'budget-spent': true,
      'approval-pending': true,
      'runway-short': true,
      'backup-failed': true,
    },
    desktop: true,
    quiet: null,
  }),
  /** Daily copies of the configuration that are kept; 0 = none are made. */
  backupsKept: z.number().int().min(0).max(365).default(7),
  newPools: newPools.default({ strategy: 'round_robin', config: {} }),
  /** Models for `keywheel task --quality`, best first; the others are tried when it cannot serve. */
  quality: z.strictObject({ draft: models, standard: models, production: models, research: models }).default({
    draft: ['gemini-3.1-flash-lite-preview', 'gemini-2.5-flash'],
    standard: ['gemini-3-flash-preview', 'gemini-2.5-flash', 'gemini-3.1-flash-lite-preview'],
    production: ['gemini-3-flash-preview', 'gemini-2.5-flash', 'gemini-3.1-flash-lite-preview'],
    research: ['gemini-3-flash-preview', 'gemini-2.5-flash', 'gemini-3.1-flash-lite-preview'],
  }),
})
export type Settings = z.infer<typeof settings>
export const settingsPatch = changesOf(settings)
export type SettingsPatch = z.output<typeof settingsPatch>
