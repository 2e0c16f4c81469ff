/** The program itself. */
import { z } from 'zod'
import { commandIds } from './commands.ts'
import { key } from './key.ts'
import { notice } from './notice.ts'
import { proxyStatus } from './proxy.ts'
import { requestRow } from './usage.ts'
import { vaultStatus } from './vault.ts'

export const systemInfo = z.object({
  version: z.string(),
  shell: z.enum(['desktop', 'headless']),
  platform: z.string(),
  node: z.string(),
  dataDir: z.string(),
  /** Slug of the open one. */
  workspace: z.string(),
  revealAllowed: z.boolean(),
  databaseBytes: z.number(),
  usageBytes: z.number(),
  /** Request rows given up because the queue was full; the counts are never given up. */
  droppedRows: z.number(),
})
export type SystemInfo = z.infer<typeof systemInfo>

export const eraseInput = z.strictObject({ confirm: z.literal('erase everything') })

/** What a window is told without asking. Configuration changes name only what changed; the window asks again. */
const liveEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('proxy.state'), status: proxyStatus }),
  z.object({ type: z.literal('vault.state'), status: vaultStatus }),
  z.object({ type: z.literal('request.finished'), request: requestRow }),
  z.object({ type: z.literal('key.changed'), key }),
  z.object({ type: z.literal('notice'), notice }),
  /** How far a long call is that was given this name: so many of its pieces. */
  z.object({ type: z.literal('progress'), task: z.string(), done: z.number(), total: z.number() }),
  /** Only the desktop's own menu, tray and notifications say this to its window: do it. `subject` = which one, e.g. a notice's id. */
  z.object({ type: z.literal('command'), command: z.enum(commandIds), subject: z.string().nullable() }),
  z.object({
    type: z.literal('changed'),
    what: z.enum([
      'pools',
      'keys',
      'clients',
      'approvals',
      'routes',
      'prompts',
      'models',
      'settings',
      'usage',
      'remotes',
      'users',
      'workspaces',
      'notices',
      'history',
      'backups',
    ]),
  }),
])
export type LiveEvent = z.infer<typeof liveEvent>

/** One message at most every 250 ms. `dropped` = events left out because there were more than fit. */
export const liveBatch = z.object({ events: z.array(liveEvent), dropped: z.number() })
export type LiveBatch = z.infer<typeof liveBatch>
