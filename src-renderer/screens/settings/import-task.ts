/** Applying a document as a task: it goes on when one leaves the screen, and can be stopped; what was written until then stays. */
import { getI18n } from 'react-i18next'
import type { ImportInput, ImportPlan } from '../../../src-preload/contract/index.ts'
import type { Client } from '../../bridge/index.ts'
import { runTold } from '../../tasks/told.ts'

/** Throws what the import is refused with. */
export function importAsTask(client: Pick<Client, 'transfer' | 'tasks'>, input: ImportInput): Promise<ImportPlan> {
  return runTold(client, {
    kind: 'transfer.import',
    title: () => getI18n().t('settings:import.task'),
    call: (task) => client.transfer.import({ ...input, task }),
    summary({ keys: { counts, left } }) {
      const { t } = getI18n()
      const written = (counts.add ?? 0) + (counts.link ?? 0)
      return left > 0 ? t('settings:import.stopped', { count: written, left }) : t('settings:import.summary', { count: written })
    },
  })
}
