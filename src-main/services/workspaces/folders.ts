/** Workspaces on disk: `default` is the data folder itself, the others lie in `workspaces/` below it. */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { KeywheelError, slugSchema } from '../../../src-preload/contract/index.ts'

export const defaultWorkspace = 'default'

/** A workspace as it lies there. */
export interface WorkspaceFacts {
  slug: string
  name: string
  /** Wall ms. */
  createdAt: number
}

export interface WorkspaceFolders {
  /** `default` first, then by name. */
  list(): Promise<WorkspaceFacts[]>
  /** WORKSPACE_NOT_FOUND that names those that are there. */
  get(slug: string): Promise<WorkspaceFacts>
  /** WORKSPACE_TAKEN. */
  create(facts: WorkspaceFacts): Promise<void>
  /** Takes its folder away with everything in it; one that is interrupted is finished by `tidy`. */
  remove(slug: string): Promise<void>
  /** The one that is opened at the start unless told; `default` when nothing is remembered. */
  remembered(): Promise<string>
  remember(slug: string): Promise<void>
  /** Deletes what a crash has left half removed. */
  tidy(): Promise<void>
}

const factsFile = 'workspace.json'
const factsSchema = z.object({ name: z.string().min(1), createdAt: z.number().int() })
const memorySchema = z.object({ open: z.string() })

/** What is being removed has a name that no slug can have. */
const goneMark = '.removed-'

const below = (dataDir: string) => join(dataDir, 'workspaces')
const memoryFile = (dataDir: string) => join(dataDir, 'workspaces.json')

/** The folder of a workspace; `slug` is one. */
export function workspaceFolder(dataDir: string, slug: string): string {
  return slug === defaultWorkspace ? dataDir : join(below(dataDir), slug)
}

export function createWorkspaceFolders(dataDir: string): WorkspaceFolders {
  const list = async () => {
    const named = (await namesIn(below(dataDir))).filter((name) => slugSchema.safeParse(name).success)
    return Promise.all([defaultWorkspace, ...named.toSorted()].map((slug) => factsOf(dataDir, slug)))
  }
  return {
    list,
    async get(slug) {
      const all = await list()
      const found = all.find((facts) => facts.slug === slug)
      if (found) return found
      const names = all.map((facts) => facts.slug).join(', ')
      throw new KeywheelError('WORKSPACE_NOT_FOUND', `There is no workspace "${slug.slice(0, 64)}"; there are: ${names}.`)
    },
    async create({ slug, ...facts }) {
      const folder = workspaceFolder(dataDir, slug)
      if (existsSync(folder)) throw new KeywheelError('WORKSPACE_TAKEN')
      await mkdir(folder, { recursive: true, mode: 0o700 })
      await replaceFile(join(folder, factsFile), facts)
    },
    async remove(slug) {
      const gone = join(below(dataDir), goneMark + randomBytes(6).toString('hex'))
      // First out of the way as a whole: a crash leaves no half of a workspace.
      await rename(workspaceFolder(dataDir, slug), gone)
      await rm(gone, { recursive: true, force: true })
    },
    async remembered() {
      const text = await readOrNull(memoryFile(dataDir))
      if (text === null) return defaultWorkspace
      const memory = memorySchema.safeParse(parseJson(text)).data
      if (memory) return memory.open
      throw new Error(`${memoryFile(dataDir)} is damaged; delete it, or say with --workspace which one to open.`)
    },
    remember: (slug) => replaceFile(memoryFile(dataDir), { open: slug }),
    async tidy() {
      const gone = (await namesIn(below(dataDir))).filter((name) => name.startsWith(goneMark))
      await Promise.all(gone.map((name) => rm(join(below(dataDir), name), { recursive: true, force: true })))
    },
  }
}

/** A workspace whose file is missing or damaged is called as its folder: its keys must not become invisible. */
async function factsOf(dataDir: string, slug: string): Promise<WorkspaceFacts> {
  const folder = workspaceFolder(dataDir, slug)
  const text = await readOrNull(join(folder, factsFile))
  const facts = text === null ? undefined : factsSchema.safeParse(parseJson(text)).data
  if (facts) return { slug, ...facts }
  const { birthtimeMs } = await stat(folder)
  return { slug, name: slug === defaultWorkspace ? 'Default' : slug, createdAt: Math.round(birthtimeMs) }
}

/** Folders only: a link is not followed to wherever it leads, least of all by `remove`. */
async function namesIn(folder: string): Promise<string[]> {
  if (!existsSync(folder)) return []
  const entries = await readdir(folder, { withFileTypes: true })
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
}

async function readOrNull(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** As a whole or not at all, also when the power goes. */
async function replaceFile(path: string, value: object): Promise<void> {
  const fresh = `${path}.new`
  const file = await open(fresh, 'w', 0o600)
  try {
    await file.writeFile(`${JSON.stringify(value)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(fresh, path)
}
