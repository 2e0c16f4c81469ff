/** Checks many keys as a task: four at a time, each at no cost, with a summary. */
import { getI18n } from 'react-i18next'
import type { KeyCheck } from '../../../src-preload/contract/index.ts'
import type { Client } from '../../bridge/index.ts'
import { problemOf } from '../../parts/problem.ts'
import { runTask } from '../../tasks/tasks.ts'
import { inLanes } from './batch.ts'

export interface CheckCounts {
  ok: number
  bad: number
  /** No free check, or no answer. */
  skipped: number
}

/** `onResult` is called after each key. Resolves to the counts when all are done or the person stopped it. */
export async function checkKeys(
  client: Client,
  ids: readonly string[],
  onResult: (counts: CheckCounts, check: KeyCheck | null) => void = () => {},
): Promise<CheckCounts> {
  const counts: CheckCounts = { ok: 0, bad: 0, skipped: 0 }
  const checkOne = async (id: string) => {
    try {
      const check = await client.keys.check({ id })
      counts[countOf(check)] += 1
      onResult({ ...counts }, check)
    } catch (error) {
      // A dead line ends the task; a key that cannot be checked is only counted.
      if (problemOf(error).code === 'UNREACHABLE') throw error
      counts.skipped += 1
      onResult({ ...counts }, null)
    }
  }
  await runTask({
    title: () => getI18n().t('keys:checks.title', { count: ids.length }),
    total: ids.length,
    async work(step, signal) {
      const work = async (id: string) => {
        await checkOne(id)
        step()
      }
      await inLanes(ids, work, signal)
      return () => getI18n().t('keys:checks.summary', { ...counts })
    },
  })
  return counts
}

/** A provider that is not reached, or has too much to do, says nothing about the key. */
function countOf({ usable, outcome }: KeyCheck): keyof CheckCounts {
  if (usable) return 'ok'
  return outcome === 'key-invalid' || outcome === 'no-credit' ? 'bad' : 'skipped'
}
