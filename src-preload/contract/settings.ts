/** Settings: each with its default. A new one is a line here, a control in the Settings screen, and its words. */
import { z } from 'zod'
import { changesOf } from './common.ts'
import { port } from './proxy.ts'

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
})
export type Settings = z.infer<typeof settings>
export const settingsPatch = changesOf(settings)
export type SettingsPatch = z.output<typeof settingsPatch>
