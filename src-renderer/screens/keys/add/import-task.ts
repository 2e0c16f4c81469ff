/** Adding keys as a task: it goes on when the sheet is closed, and can be stopped until the keys are written. */
import { getI18n } from 'react-i18next'
import type { KeyImport, KeyImported } from '../../../../src-preload/contract/index.ts'
import type { Client } from '../../../bridge/index.ts'
import { runTask } from '../../../tasks/tasks.ts'

/** All keys or none. Resolves to null when the person stopped it; throws what the import is refused with. */
export async function importAsTask({ keys }: Pick<Client, 'keys'>, input: KeyImport): Promise<KeyImported | null> {
  let outcome = (): KeyImported | null => null
  await runTask({
    title: () => getI18n().t('keys:adding.title'),
    total: null,
    async work(_step, signal) {
      try {
        const imported = await keys.import(input, { signal })
        outcome = () => imported
        return () => getI18n().t('keys:adding.summary', { count: imported.added })
      } catch (error) {
        if (signal.aborted) return () => getI18n().t('keys:adding.stopped')
        outcome = () => {
          throw error
        }
        throw error
      }
    },
  })
  return outcome()
}
