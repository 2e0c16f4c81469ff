/** Changes of a pool or of the settings, the newest first, each with what it changed and the way back. */
import { Button, Group, Stack, Text } from '@mantine/core'
import { IconArrowBackUp } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { HistoryEntry, HistoryQuery } from '../../../src-preload/contract/index.ts'
import { formatDateTime } from '../../format.ts'
import { useApi } from '../../queries/api.tsx'
import { Ago } from '../ago.tsx'
import type { Difference } from '../difference/difference.ts'
import { DifferenceList } from '../difference/difference-list.tsx'
import { ErrorNotice } from '../error-notice.tsx'
import { SkeletonRows } from '../skeletons.tsx'
import classes from './history.module.css'
import { useHistoryRestore } from './use-history-restore.ts'

export interface HistoryListProps {
  query: HistoryQuery
  /** What an entry changed, in words. */
  describe: (before: HistoryEntry['before'], after: HistoryEntry['after']) => Difference[]
  /** Something is being edited: going back now would be over it. */
  editing: boolean
  /** After something was put back. */
  onRestored?: (entry: HistoryEntry) => void
}

const step = 20

export function HistoryList({ query, describe, editing, onRestored }: HistoryListProps) {
  const { t } = useTranslation()
  const { orpc } = useApi()
  const [shown, setShown] = useState(step)
  const list = useQuery(orpc.history.list.queryOptions({ input: query, staleTime: 0 }))
  const restore = useHistoryRestore(query, onRestored)
  if (list.isError) return <ErrorNotice error={list.error} onRetry={() => void list.refetch()} />
  if (!list.data) return <SkeletonRows rows={3} height={52} />
  const more = list.data.length - shown
  return (
    <Stack gap="sm">
      {editing && list.data.length > 0 && <Text size="sm">{t('history.dirty')}</Text>}
      {list.data.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('history.empty')}
        </Text>
      ) : (
        <ol className={classes.list} aria-label={t('history.title')}>
          {list.data.slice(0, shown).map((entry) => (
            <li key={entry.id} className={classes.entry}>
              <Entry
                entry={entry}
                differences={describe(entry.before, entry.after)}
                disabled={editing}
                busy={restore.isPending && restore.variables.id === entry.id}
                onRestore={() => restore.mutate(entry)}
              />
            </li>
          ))}
        </ol>
      )}
      {more > 0 && (
        <div>
          <Button variant="subtle" size="compact-sm" onClick={() => setShown(shown + step)}>
            {t('history.more', { count: Math.min(step, more) })}
          </Button>
        </div>
      )}
      <Text size="xs" c="dimmed">
        {t('history.kept')}
      </Text>
    </Stack>
  )
}

interface EntryProps {
  entry: HistoryEntry
  differences: readonly Difference[]
  disabled: boolean
  busy: boolean
  onRestore: () => void
}

function Entry({ entry: { at, actor }, differences, disabled, busy, onRestore }: EntryProps) {
  const { t, i18n } = useTranslation()
  return (
    <>
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <Text size="sm" c="dimmed">
          <Ago at={at} /> · {t(`history.by.${actor}`)}
        </Text>
        <Button
          variant="default"
          size="compact-xs"
          leftSection={<IconArrowBackUp size={13} />}
          aria-label={t('history.backName', { time: formatDateTime(at, i18n.language) })}
          onClick={onRestore}
          disabled={disabled}
          loading={busy}
        >
          {t('history.back')}
        </Button>
      </Group>
      {differences.length > 0 ? <DifferenceList differences={differences} /> : <Text size="sm">{t('history.same')}</Text>}
    </>
  )
}
