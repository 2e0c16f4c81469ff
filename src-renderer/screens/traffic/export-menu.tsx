/** Exports what is filtered as a file. */
import { Button, Menu } from '@mantine/core'
import { IconDownload, IconFileSpreadsheet, IconJson } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { RequestRow } from '../../../src-preload/contract/index.ts'
import type { Client } from '../../bridge/index.ts'
import type { Range } from '../../parts/range.ts'
import { toastDone, toastError } from '../../parts/toast.tsx'
import { useApi } from '../../queries/api.tsx'
import { download } from './download.ts'
import { toCsv, toJson } from './export.ts'
import { queryFromFilter, type TrafficFilter } from './filter.ts'

/** Rows in one file at most: enough for a spreadsheet, little enough for a page's memory. */
const maxRows = 20_000

/** All rows of the filter, newest first, up to `maxRows`. */
async function readAll(
  client: Client,
  filter: TrafficFilter & { range: Range },
): Promise<{ rows: RequestRow[]; capped: boolean }> {
  const query = queryFromFilter(filter, Date.now())
  const rows: RequestRow[] = []
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<Client['requests']['list']>> = await client.requests.list({
      ...query,
      limit: 200,
      ...(cursor === null ? {} : { cursor }),
    })
    rows.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== null && rows.length < maxRows)
  return { rows, capped: cursor !== null }
}

export function ExportMenu({ filter }: { filter: TrafficFilter & { range: Range } }) {
  const { t } = useTranslation('traffic')
  const { client } = useApi()
  const save = useMutation({
    mutationFn: async (format: 'csv' | 'json') => {
      const { rows, capped } = await readAll(client, filter)
      if (rows.length === 0) return toastDone(t('export.none'))
      const name = `keywheel-requests-${new Date().toISOString().slice(0, 19).replaceAll(':', '')}.${format}`
      if (format === 'csv') download(name, 'text/csv;charset=utf-8', toCsv(rows))
      else download(name, 'application/json', toJson(rows))
      toastDone(capped ? t('export.capped', { count: rows.length }) : t('export.done', { count: rows.length }))
    },
    onError: (error) => toastError(error),
  })
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<IconDownload size={15} />} loading={save.isPending}>
          {t('export.button')}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<IconFileSpreadsheet size={15} />} onClick={() => save.mutate('csv')}>
          {t('export.csv')}
        </Menu.Item>
        <Menu.Item leftSection={<IconJson size={15} />} onClick={() => save.mutate('json')}>
          {t('export.json')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
