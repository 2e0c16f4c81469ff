/** Exports what is filtered as a file: a task that can be stopped and goes on while one is elsewhere. */
import { Button, Menu } from '@mantine/core'
import { IconDownload, IconFileSpreadsheet, IconJson } from '@tabler/icons-react'
import { useState } from 'react'
import { getI18n, useTranslation } from 'react-i18next'
import { downloadBlob } from '../../parts/download.ts'
import type { Range } from '../../parts/range.ts'
import { toastDone, toastError } from '../../parts/toast.tsx'
import { PrivacyError } from '../../privacy/guard.ts'
import { privacy } from '../../privacy/privacy.ts'
import { useApi } from '../../queries/api.tsx'
import { runTask } from '../../tasks/tasks.ts'
import { type ExportedAs, exportRequests } from './export-requests.ts'
import { queryFromFilter, type TrafficFilter } from './filter.ts'

export function ExportMenu({ filter }: { filter: TrafficFilter & { range: Range } }) {
  const { t } = useTranslation('traffic')
  const exportAs = useExport(filter)
  const [running, setRunning] = useState(false)
  const run = (as: ExportedAs) => {
    setRunning(true)
    void exportAs(as).finally(() => setRunning(false))
  }
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={15} />} loading={running}>
          {t('export.button')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconFileSpreadsheet size={15} />} onClick={() => run('csv')}>
          {t('export.csv')}
        </Menu.Item>
        <Menu.Item leftSection={<IconJson size={15} />} onClick={() => run('json')}>
          {t('export.json')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

/** All of the filter as it is at this moment, counted first. */
function useExport(filter: TrafficFilter & { range: Range }) {
  const { t } = useTranslation('traffic')
  const { client } = useApi()
  return async (as: ExportedAs) => {
    // Rather than read a million rows for a file that is then not made.
    if (privacy.on()) return toastError(new PrivacyError())
    const now = Date.now()
    try {
      const { total } = await client.requests.count(queryFromFilter(filter, now))
      if (total === 0) return toastDone(t('export.none'))
      await runTask({
        title: () => getI18n().t('traffic:export.title', { count: total }),
        total,
        async work(step, signal) {
          let written = 0
          const onRows = (count: number) => {
            written += count
            step(count)
          }
          const file = await exportRequests({ client, filter, now, as, onRows, signal })
          if (file === null) return () => getI18n().t('traffic:export.stopped')
          downloadBlob(`keywheel-requests-${new Date(now).toISOString().slice(0, 19).replaceAll(':', '')}.${as}`, file)
          const summary = () => getI18n().t('traffic:export.done', { count: written })
          toastDone(summary())
          return summary
        },
      })
    } catch (error) {
      toastError(error)
    }
  }
}
