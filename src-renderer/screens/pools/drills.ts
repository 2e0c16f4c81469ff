/** Fail-over drills, by pool: one runs on while one looks elsewhere, and the last report of each is kept on this computer. */
import { getI18n } from 'react-i18next'
import type { Client } from '../../bridge/index.ts'
import { createStore } from '../../shell/store.ts'
import { runTask } from '../../tasks/tasks.ts'
import { type DrillState, type DrillStates, drillName, keptDrills, readDrills } from './drill-states.ts'

const storedAs = 'keywheel.drills'

export const drills = createStore<DrillStates>(readDrills(localStorage.getItem(storedAs)))

interface DrilledPool {
  workspace: string
  slug: string
  name: string
}

/** Starts one as a task; while one of this pool runs, nothing. */
export async function runDrill(client: Client, pool: DrilledPool): Promise<void> {
  const name = drillName(pool)
  const before = drills.get()[name]
  if (before?.kind === 'running') return
  put(name, { kind: 'running' })
  await runTask({
    title: () => getI18n().t('pools:drill.task', { name: pool.name }),
    total: 1,
    async work(step, signal) {
      try {
        const report = await client.pools.drill({ slug: pool.slug }, { signal })
        put(name, { kind: 'done', report, at: Date.now() })
        step()
        return () => getI18n().t('pools:drill.summary', { passed: report.passed, total: report.promises.length })
      } catch (error) {
        put(name, signal.aborted ? (before ?? null) : { kind: 'failed', error })
        throw error
      }
    },
  })
}

function put(name: string, state: DrillState | null): void {
  const { [name]: _before, ...others } = drills.get()
  drills.set(state === null ? others : { ...others, [name]: state })
  localStorage.setItem(storedAs, keptDrills(drills.get()))
}
