/** Anthropic's list of models has their full names only; what most programs ask for are the short ones: platform.claude.com/docs/en/about-claude/models/overview. */
import { modelsAt } from './model-list.ts'
import type { ProviderDefinition } from './types.ts'

// The most that one page holds.
const list = modelsAt('/v1/models?limit=1000')

export const anthropicModels: ProviderDefinition['models'] = {
  path: list.path,
  read: (body) => [...new Set(list.read(body).flatMap((name) => [name, ...shortName(name)]))],
}

/** `claude-sonnet-4-5-20250929` is also `claude-sonnet-4-5`; the generations before had `-latest` and `-0` there. */
function shortName(name: string): string[] {
  const stem = /^(claude-.+)-20\d{6}$/.exec(name)?.[1]
  if (stem === undefined) return []
  if (stem.startsWith('claude-3')) return [`${stem}-latest`]
  return [stem.endsWith('-4') ? `${stem}-0` : stem]
}
