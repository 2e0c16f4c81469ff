/** Prompts in exports and imports: each with all its versions. */
import { isDeepStrictEqual } from 'node:util'
import type { ExportedPrompt, ImportPlan } from '../../../src-preload/contract/index.ts'
import type { ConfigWrites, PromptRow, PromptVersionRow } from '../../storage/types.ts'
import type { Catalog } from '../catalog.ts'
import { contentOf, variablesIssue } from '../prompts/prompt-content.ts'
import { successorIssue } from './successors.ts'

type Reads = Pick<Catalog, 'prompts' | 'versionsOf'>

export type PromptStep = ImportPlan['prompts'][number] & { row?: PromptRow; versions?: PromptVersionRow[] }

export function exportedPrompt(row: PromptRow, catalog: Pick<Catalog, 'versionsOf'>): ExportedPrompt {
  const { slug, name, description, state, published, successor } = row
  const versions = catalog.versionsOf(slug).map((one) => ({ version: one.version, ...contentOf(one) }))
  return { slug, name, description, state, published, successor, versions }
}

/** A prompt takes the place of the one of the same name, with all its versions. */
export function planPrompts(
  imported: readonly ExportedPrompt[],
  { catalog, now }: { catalog: Reads; now: number },
): PromptStep[] {
  const successors = new Map([...catalog.prompts.values()].map(({ slug, successor }) => [slug, successor]))
  for (const { slug, successor } of imported) successors.set(slug, successor)
  const named = new Set<string>()
  return imported.map((prompt): PromptStep => {
    const { slug } = prompt
    if (named.has(slug)) return { slug, action: 'refused', reason: 'the document has another prompt of this name before it' }
    named.add(slug)
    const reason = whyNot(prompt, successors)
    if (reason !== null) return { slug, action: 'refused', reason }
    const before = catalog.prompts.get(slug)
    if (before && isDeepStrictEqual(exportedPrompt(before, catalog), prompt)) return { slug, action: 'same', reason: null }
    return { slug, action: before ? 'replace' : 'add', reason: null, ...rowsOf(prompt, before?.createdAt ?? now, now) }
  })
}

/** Versions that were there before go: the document's are all that there are. */
export function promptWrites(steps: readonly PromptStep[]): ConfigWrites {
  const rows = steps.flatMap((step) => step.row ?? [])
  return {
    removePrompts: steps.flatMap(({ slug, action }) => (action === 'replace' ? [slug] : [])),
    putPrompts: rows,
    putPromptVersions: steps.flatMap((step) => step.versions ?? []),
  }
}

function whyNot(
  { slug, state, published, successor, versions }: ExportedPrompt,
  successors: ReadonlyMap<string, string | null>,
): string | null {
  const numbers = versions.map(({ version }) => version)
  if (new Set(numbers).size < numbers.length) return 'two of its versions have the same number'
  if ((state === 'published') !== (published !== null)) return `it is ${state}, and its published version says otherwise`
  if (published !== null && !numbers.includes(published)) return `its published version ${published} is not in the document`
  if (successor !== null && state !== 'retired') return `it is ${state}; only a retired one has a successor`
  const issue = versions.map(variablesIssue).find((one) => one !== null)
  if (issue) return issue.message
  return successorIssue('prompt', slug, successors)
}

function rowsOf(prompt: ExportedPrompt, createdAt: number, now: number): Required<Pick<PromptStep, 'row' | 'versions'>> {
  const { slug, name, description, state, published, successor } = prompt
  const version = Math.max(...prompt.versions.map((one) => one.version))
  return {
    row: { slug, name, description, state, version, published, successor, createdAt, updatedAt: now },
    versions: prompt.versions.map((one) => ({ slug, ...one, createdAt: now })),
  }
}
