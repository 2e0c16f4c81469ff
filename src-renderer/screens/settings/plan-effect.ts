/** What an import plan comes to. Pure. */
import type { ImportPlan } from '../../../src-preload/contract/index.ts'

/** False when applying the plan would leave everything as it is. */
export function changesSomething({ pools, keys }: ImportPlan): boolean {
  const poolsChange = pools.some(({ action }) => action === 'add' || action === 'replace')
  return poolsChange || (keys.counts.add ?? 0) > 0 || (keys.counts.link ?? 0) > 0
}
