/** Which models a task is put to, and in which order. Pure. */
import type { TaskOptions, TaskQuality } from './types.ts'

export type QualityChains = Readonly<Record<TaskQuality, readonly string[]>>

/** As Keywheel's settings have them unless they were changed. */
export const qualityChains: QualityChains = {
  draft: ['gemini-3.1-flash-lite-preview', 'gemini-2.5-flash'],
  standard: ['gemini-3-flash-preview', 'gemini-2.5-flash', 'gemini-3.1-flash-lite-preview'],
  production: ['gemini-3-flash-preview', 'gemini-2.5-flash', 'gemini-3.1-flash-lite-preview'],
  research: ['gemini-3-flash-preview', 'gemini-2.5-flash', 'gemini-3.1-flash-lite-preview'],
}

/** Models that make images, best first. */
const imageModels = ['gemini-2.5-flash-image', 'gemini-3.1-flash-image-preview']

/** What stands in for a model; `*` = whatever follows. One step each; the chain goes on from there. Any other model has none. */
export const modelFallbacks = [
  ['gemini-3.1-pro-preview', 'gemini-3-flash-preview'],
  ['gemini-3-pro-preview', 'gemini-3-flash-preview'],
  ['gemini-3-flash-preview', 'gemini-2.5-flash'],
  ['gemini-2.5-flash', 'gemini-3.1-flash-lite-preview'],
  ['gemma-3-1b*', 'gemma-3-4b-it'],
  ['gemma-3-4b*', 'gemma-3-12b-it'],
  ['gemma-3-12b*', 'gemma-3-27b-it'],
  ['gemma-3-27b*', 'gemini-3.1-flash-lite-preview'],
] as const

/** Names that people use for models which the API only knows by a longer one. */
const apiNames: Readonly<Record<string, string>> = {
  'gemini-3.1-pro': 'gemini-3.1-pro-preview',
  'gemini-3.1-pro-customtools': 'gemini-3.1-pro-preview-customtools',
  'gemini-3.1-flash': 'gemini-3.1-flash-lite-preview',
  'gemini-3.1-flash-lite': 'gemini-3.1-flash-lite-preview',
  'gemini-3.1-flash-image': 'gemini-3.1-flash-image-preview',
  'gemini-3-flash': 'gemini-3-flash-preview',
  'gemini-3-pro': 'gemini-3-pro-preview',
}

/** The named model and its stand-ins; else the image models when an image is wanted; else the quality's. Each once. */
export function modelsFor(options: TaskOptions, chains: QualityChains): string[] {
  if (options.model !== undefined) return withFallbacks(apiName(options.model))
  const models = options.imageOutput === undefined ? chains[options.quality ?? 'standard'] : imageModels
  return [...new Set(models.map(apiName))]
}

const apiName = (model: string) => (Object.hasOwn(apiNames, model) ? (apiNames[model] ?? model) : model)

function withFallbacks(first: string): string[] {
  const chain = [first]
  for (let next = fallbackOf(first); next !== undefined && !chain.includes(next); next = fallbackOf(next)) chain.push(next)
  return chain
}

function fallbackOf(model: string): string | undefined {
  const fits = (pattern: string) => (pattern.endsWith('*') ? model.startsWith(pattern.slice(0, -1)) : model === pattern)
  return modelFallbacks.find(([pattern]) => fits(pattern))?.[1]
}
