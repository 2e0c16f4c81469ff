/** Saved prompts: written, versioned, published, retired. Callers get the published version only. */
import { isDeepStrictEqual } from 'node:util'
import { invalid, KeywheelError, type Prompt, type PromptVersion } from '../../../src-preload/contract/index.ts'
import type { Clock } from '../../pool/types.ts'
import type { PromptFound } from '../../proxy/types.ts'
import type { ConfigWrites, PromptRow, PromptVersionRow } from '../../storage/types.ts'
import type { Catalog } from '../catalog.ts'
import type { Actor, PromptService } from '../types.ts'
import { type Content, contentOf, variablesIssue } from './prompt-content.ts'
import { promptsOpenApi } from './prompt-openapi.ts'

export interface PromptServiceDeps {
  catalog: Catalog
  clock: Clock
  /** The proxy's address; null while it is off. */
  proxyUrl(): string | null
}

export function createPromptService({ catalog, clock, proxyUrl }: PromptServiceDeps): PromptService {
  const find = (slug: string, field = 'slug'): PromptRow => {
    const row = catalog.prompts.get(slug)
    if (row) return row
    const message = `There is no prompt "${slug.slice(0, 64)}".`
    throw new KeywheelError('PROMPT_NOT_FOUND', message, { fields: [{ path: field, message }] })
  }
  const versionOf = (row: PromptRow, wanted: number): PromptVersionRow => {
    const version = catalog.versionsOf(row.slug).find((one) => one.version === wanted)
    if (!version) throw invalid('version', `the prompt has no version ${wanted}; its newest is ${row.version}`)
    return version
  }
  const view = (row: PromptRow): Prompt => ({ ...row, ...contentOf(versionOf(row, row.version)) })
  const put = async (row: PromptRow, actor: Actor, action: string, more: ConfigWrites = {}) => {
    const audit = [{ at: clock.now(), actor, action, subject: row.slug }]
    await catalog.commit({ ...more, putPrompts: [row, ...(more.putPrompts ?? [])], audit })
    return view(row)
  }

  return {
    list: () => [...catalog.prompts.values()].toSorted((a, b) => a.slug.localeCompare(b.slug)).map(view),
    get: (slug) => view(find(slug)),
    create: ({ slug, name, description, ...content }, actor) =>
      catalog.exclusive(async () => {
        if (catalog.prompts.has(slug)) throw taken(slug)
        sound(content)
        const now = clock.now()
        const row: PromptRow = {
          slug,
          name,
          description,
          state: 'draft',
          version: 1,
          published: null,
          successor: null,
          createdAt: now,
          updatedAt: now,
        }
        return put(row, actor, 'prompt.create', { putPromptVersions: [{ slug, version: 1, ...content, createdAt: now }] })
      }),
    update: (slug, { name, description, ...changes }, actor) =>
      catalog.exclusive(async () => {
        const row = find(slug)
        const now = clock.now()
        const before = contentOf(versionOf(row, row.version))
        const content = { ...before, ...given(changes) }
        const named = { ...row, name: name ?? row.name, description: description ?? row.description, updatedAt: now }
        if (isDeepStrictEqual(content, before)) return put(named, actor, 'prompt.update')
        sound(content)
        const version = row.version + 1
        return put({ ...named, version }, actor, 'prompt.update', {
          putPromptVersions: [{ slug, version, ...content, createdAt: now }],
        })
      }),
    remove: (slug, actor) =>
      catalog.exclusive(async () => {
        find(slug)
        const now = clock.now()
        const pointing = [...catalog.prompts.values()].filter(({ successor }) => successor === slug)
        await catalog.commit({
          removePrompts: [slug],
          // Nobody is sent to what is gone.
          putPrompts: pointing.map((row) => ({ ...row, successor: null, updatedAt: now })),
          audit: [{ at: now, actor, action: 'prompt.remove', subject: slug }],
        })
      }),
    versions: (slug) => catalog.versionsOf(find(slug).slug).map(withoutSlug).toReversed(),
    publish: (slug, version, actor) =>
      catalog.exclusive(async () => {
        const row = find(slug)
        const published = versionOf(row, version ?? row.version).version
        return put({ ...row, state: 'published', published, successor: null, updatedAt: clock.now() }, actor, 'prompt.publish')
      }),
    retire: (slug, successor, actor) =>
      catalog.exclusive(async () => {
        const row = find(slug)
        if (row.state === 'draft') throw invalid('slug', 'this prompt was never published; delete it instead')
        if (successor !== null) noCircle(slug, successor, (name) => find(name, 'successor'))
        return put({ ...row, state: 'retired', published: null, successor, updatedAt: clock.now() }, actor, 'prompt.retire')
      }),
    openapi: () => promptsOpenApi(publishedIn(catalog), proxyUrl()),
  }
}

/** What a caller of a prompt gets; undefined = there is none that could be called. */
export function findPrompt(catalog: Catalog, slug: string): PromptFound | undefined {
  const row = catalog.prompts.get(slug)
  if (row?.state === 'retired') {
    const { successor } = row
    return { kind: 'retired', successor: successor !== null && catalog.prompts.has(successor) ? successor : null }
  }
  const version = catalog.versionsOf(slug).find((one) => one.version === row?.published)
  return version && { kind: 'published', slug, version: withoutSlug(version) }
}

function publishedIn(catalog: Catalog) {
  return [...catalog.prompts.values()].flatMap((row) => {
    const found = findPrompt(catalog, row.slug)
    return found?.kind === 'published' ? [{ ...row, ...found.version }] : []
  })
}

function sound(content: Content): void {
  const issue = variablesIssue(content)
  if (issue) throw issue
}

/** Callers who follow successors arrive somewhere. */
function noCircle(slug: string, successor: string, find: (slug: string) => PromptRow): void {
  for (let next: string | null = successor; next !== null; next = find(next).successor) {
    if (next === slug) throw invalid('successor', 'it leads back to this prompt')
  }
}

function given<T extends object>(changes: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as ReturnType<typeof given<T>>
}

function withoutSlug({ slug: _slug, ...version }: PromptVersionRow): PromptVersion {
  return version
}

const taken = (slug: string) =>
  new KeywheelError('PROMPT_TAKEN', `There is a prompt "${slug}" already.`, {
    fields: [{ path: 'slug', message: 'choose another name' }],
  })
