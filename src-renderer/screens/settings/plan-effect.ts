/** What an import plan comes to. Pure. */
import type { ImportPlan } from '../../../src-preload/contract/index.ts'

/** False when applying the plan would leave everything as it is. */
export function changesSomething({ pools, routes, prompts, clients, remotes, settings, keys }: ImportPlan): boolean {
  const named = [...pools, ...routes, ...prompts, ...clients, ...remotes]
  const namedChange = named.some(({ action }) => action === 'add' || action === 'replace')
  return namedChange || settings.length > 0 || (keys.counts.add ?? 0) > 0 || (keys.counts.link ?? 0) > 0
}
