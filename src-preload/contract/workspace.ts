/** Workspaces: separate folders of pools, keys, clients and data. One is open at a time. */
import { z } from 'zod'
import { instant, slug } from './common.ts'

export const workspace = z.object({
  /** `default` is the data folder itself; the others lie below it. */
  slug: z.string(),
  name: z.string(),
  open: z.boolean(),
  createdAt: instant,
})
export type Workspace = z.infer<typeof workspace>

export const workspaceCreate = z.strictObject({ slug, name: z.string().trim().min(1).max(128).optional() })
export type WorkspaceCreate = z.output<typeof workspaceCreate>
