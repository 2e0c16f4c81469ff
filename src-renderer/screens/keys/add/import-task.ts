/** Adding keys as a task: it goes on when the sheet is closed, and can be stopped; what was added until then stays. */
import { getI18n } from 'react-i18next'
import type { KeyImport, KeyImported } from '../../../../src-preload/contract/index.ts'
import type { Client } from '../../../bridge/index.ts'
import { runTold } from '../../../tasks/told.ts'

/** Throws what the import is refused with. */
export function importAsTask(client: Pick<Client, 'keys' | 'tasks'>, input: KeyImport): Promise<KeyImported> {
  return runTold(client, {
    kind: 'keys.import',
    title: () => getI18n().t('keys:adding.title'),
    call: (task) => client.keys.import({ ...input, task }),
    summary({ added, left }) {
      const { t } = getI18n()
      if (left === 0) return t('keys:adding.summary', { count: added })
      return added === 0 ? t('keys:adding.stopped') : t('keys:adding.kept', { count: added })
    },
  })
}
