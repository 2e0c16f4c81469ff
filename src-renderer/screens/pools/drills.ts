/** Fail-over drills of this visit, by pool: one runs on and its report stays while one looks elsewhere. */
import type { TFunction } from 'i18next'
import type { DrillReport } from '../../../src-preload/contract/index.ts'
import type { Client } from '../../bridge/index.ts'
import { createStore } from '../../shell/store.ts'
import { runTask } from '../../tasks/tasks.ts'

export type DrillState = { kind: 'running' } | { kind: 'done'; report: DrillReport } | { kind: 'failed'; error: unknown }

export const drills = createStore<Readonly<Record<string, DrillState>>>({})

/** Starts one as a task; while one of this pool runs, nothing. */
export async function runDrill(client: Client, pool: { slug: string; name: string }, t: TFunction<['pools']>): Promise<void> {
  const { slug, name } = pool
  if (drills.get()[slug]?.kind === 'running') return
  put(slug, { kind: 'running' })
  await runTask({
    title: t('drill.task', { name }),
    total: 1,
    async work(step, signal) {
      try {
        const report = await client.pools.drill({ slug }, { signal })
        put(slug, { kind: 'done', report })
        step()
        return t('drill.summary', { passed: report.passed, total: report.promises.length })
      } catch (error) {
        put(slug, signal.aborted ? null : { kind: 'failed', error })
        throw error
      }
    },
  })
}

function put(slug: string, state: DrillState | null): void {
  const { [slug]: _before, ...others } = drills.get()
  drills.set(state === null ? others : { ...others, [slug]: state })
}
