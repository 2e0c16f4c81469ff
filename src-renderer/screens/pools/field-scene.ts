/** What the fields of a pool's configuration know of their surroundings. */
import type { PoolConfig, Provider } from '../../../src-preload/contract/index.ts'
import type { Issue } from '../../parts/issues.ts'

export interface FieldScene {
  /** The provider's id; null = pools of any. */
  provider: string | null
  /** What each field is compared with, and goes back to. */
  defaults: PoolConfig
  /** The zone of the provider's own day. */
  resetZone: string | undefined
  presets: Provider['presets']
  /** Slugs of the other pools: a fallback may lead into each of them. */
  pools: readonly string[]
  /** What the draft's own rules or the application refused, by path (`config.timeout`). */
  issues: readonly Issue[]
}

/** What is wrong with a field or a part of it; `path` under `config`, e.g. `fallback.0.then`. */
export function issueAt(scene: FieldScene, path: string): string | undefined {
  const wanted = `config.${path}`
  return scene.issues.find((issue) => issue.path === wanted || issue.path.startsWith(`${wanted}.`))?.message
}
