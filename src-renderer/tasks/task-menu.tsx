/** Tasks in the header: a count, and on request each one's progress, time left and outcome. */
import { ActionIcon, Button, Group, Indicator, Popover, Progress, Stack, Text, VisuallyHidden } from '@mantine/core'
import { IconListCheck, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { formatCountdown } from '../format.ts'
import { useNow } from '../parts/use-now.ts'
import { useStore } from '../shell/store.ts'
import { cancelTask, dismissTask, type Task, tasks } from './tasks.ts'

export function TaskMenu() {
  const { t } = useTranslation()
  const all = useStore(tasks)
  const running = all.filter((task) => task.state === 'running').length
  const ended = all.findLast((task) => task.state !== 'running')
  return (
    <>
      <VisuallyHidden role="status">{ended && `${ended.title}: ${ended.summary ?? ''}`}</VisuallyHidden>
      {all.length > 0 && (
        <Indicator label={running} disabled={running === 0} size={16} offset={4}>
          <Popover position="bottom-end" width={340} withArrow>
            <Popover.Target>
              <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t('tasks.open', { count: running })}>
                <IconListCheck size={18} />
              </ActionIcon>
            </Popover.Target>
            <Popover.Dropdown>
              <Stack gap="md">
                {all.toReversed().map((task) => (
                  <TaskLine key={task.id} task={task} />
                ))}
              </Stack>
            </Popover.Dropdown>
          </Popover>
        </Indicator>
      )}
    </>
  )
}

function TaskLine({ task }: { task: Task }) {
  const { t } = useTranslation()
  return (
    <Stack gap={4}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text size="sm" fw={600} truncate>
          {task.title}
        </Text>
        {task.state === 'running' ? (
          <Button size="compact-xs" variant="default" onClick={() => cancelTask(task.id)}>
            {t('cancel')}
          </Button>
        ) : (
          <ActionIcon
            size="sm"
            variant="subtle"
            color="gray"
            aria-label={t('tasks.dismiss')}
            onClick={() => dismissTask(task.id)}
          >
            <IconX size={14} />
          </ActionIcon>
        )}
      </Group>
      {task.state === 'running' ? <Running task={task} /> : <Text size="sm">{task.summary}</Text>}
    </Stack>
  )
}

function Running({ task }: { task: Task }) {
  const { t, i18n } = useTranslation()
  const elapsed = useNow() - task.startedAt
  const left = task.done > 0 && elapsed > 1000 ? (elapsed / task.done) * (task.total - task.done) : null
  return (
    <>
      <Progress value={(100 * task.done) / task.total} aria-label={task.title} />
      <Group justify="space-between">
        <Text size="xs" c="dimmed">
          {t('tasks.progress', { done: task.done, total: task.total })}
        </Text>
        {left !== null && (
          <Text size="xs" c="dimmed">
            {t('tasks.left', { time: formatCountdown(left, i18n.language) })}
          </Text>
        )}
      </Group>
    </>
  )
}
