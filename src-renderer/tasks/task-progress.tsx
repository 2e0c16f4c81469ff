/** How far the running task of a kind is, where it was started: a header may be out of sight there. */
import { Button, Group, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useStore } from '../shell/store.ts'
import { cancelTask, type TaskKind, tasks } from './tasks.ts'

export function TaskProgress({ kind }: { kind: TaskKind }) {
  const { t } = useTranslation()
  const task = useStore(tasks).findLast((one) => one.kind === kind && one.state === 'running')
  if (!task || task.total === null) return null
  return (
    <Group gap="xs">
      <Text size="sm" c="dimmed">
        {t('tasks.progress', { done: task.done, total: task.total })}
      </Text>
      <Button size="compact-sm" variant="default" onClick={() => cancelTask(task.id)}>
        {t('cancel')}
      </Button>
    </Group>
  )
}
