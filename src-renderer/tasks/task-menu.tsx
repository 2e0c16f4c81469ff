/** Tasks in the header: how many run, and on request each one's progress, time left and outcome. */
import {
  ActionIcon,
  Anchor,
  Button,
  Group,
  Indicator,
  Popover,
  Progress,
  ScrollArea,
  Stack,
  Text,
  VisuallyHidden,
} from '@mantine/core'
import { IconListCheck, IconX } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { formatCountdown } from '../format.ts'
import { useNow } from '../parts/use-now.ts'
import { taskMenu } from '../shell/dialogs.ts'
import { useStore } from '../shell/store.ts'
import { cancelTask, dismissEnded, dismissTask, type Task, tasks } from './tasks.ts'

export function TaskMenu() {
  const { t } = useTranslation(['common', 'shell'])
  const all = useStore(tasks)
  const opened = useStore(taskMenu)
  const running = all.filter((task) => task.state === 'running').length
  const ended = all.findLast((task) => task.state !== 'running')
  return (
    <>
      <VisuallyHidden role="status">{ended && `${ended.title()}: ${ended.summary?.() ?? ''}`}</VisuallyHidden>
      <Indicator label={running} disabled={running === 0} size={16} offset={4}>
        <Popover
          position="bottom-end"
          width={340}
          withArrow
          opened={opened}
          onChange={taskMenu.set}
          trapFocus
          withinPortal={false}
        >
          <Popover.Target>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={t('common:tasks.open', { count: running })}
              onClick={() => taskMenu.set(!opened)}
            >
              <IconListCheck size={18} />
            </ActionIcon>
          </Popover.Target>
          <Popover.Dropdown>
            <List all={all} />
          </Popover.Dropdown>
        </Popover>
      </Indicator>
    </>
  )
}

function List({ all }: { all: readonly Task[] }) {
  const { t } = useTranslation('shell')
  if (all.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('tasks.none')}
      </Text>
    )
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Text fw={600} size="sm">
          {t('tasks.title')}
        </Text>
        {all.some(({ state }) => state !== 'running') && (
          <Anchor component="button" type="button" size="sm" onClick={dismissEnded}>
            {t('tasks.clear')}
          </Anchor>
        )}
      </Group>
      <ScrollArea.Autosize mah="60vh" viewportProps={{ tabIndex: 0, 'aria-label': t('tasks.title') }}>
        <Stack gap="md">
          {all.toReversed().map((task) => (
            <TaskLine key={task.id} task={task} />
          ))}
        </Stack>
      </ScrollArea.Autosize>
    </Stack>
  )
}

function TaskLine({ task }: { task: Task }) {
  const { t } = useTranslation(['common', 'shell'])
  return (
    <Stack gap={4}>
      <Group justify="space-between" wrap="nowrap" gap="xs">
        <Text size="sm" fw={600} truncate title={task.title()}>
          {task.title()}
        </Text>
        {task.state === 'running' ? (
          <Button size="compact-xs" variant="default" onClick={() => cancelTask(task.id)}>
            {t('common:cancel')}
          </Button>
        ) : (
          <ActionIcon
            size="sm"
            variant="subtle"
            color="gray"
            aria-label={t('common:tasks.dismiss')}
            onClick={() => dismissTask(task.id)}
          >
            <IconX size={14} />
          </ActionIcon>
        )}
      </Group>
      {task.state === 'running' ? <Running task={task} /> : <Outcome task={task} />}
    </Stack>
  )
}

function Outcome({ task: { id, state, summary, again } }: { task: Task }) {
  const { t } = useTranslation(['common', 'shell'])
  return (
    <Group justify="space-between" wrap="nowrap" gap="xs" align="flex-start">
      <Text size="sm" {...(state === 'failed' && { c: 'var(--mantine-color-error)' })}>
        {state === 'cancelled' ? t('shell:tasks.cancelled', { summary: summary?.() ?? '' }) : summary?.()}
      </Text>
      {again && (
        <Button
          size="compact-xs"
          variant="default"
          flex="none"
          onClick={() => {
            dismissTask(id)
            again()
          }}
        >
          {t('common:retry')}
        </Button>
      )}
    </Group>
  )
}

function Running({ task }: { task: Task }) {
  const { t } = useTranslation()
  if (task.total !== null) return <Counted task={task} total={task.total} />
  return (
    <Text size="xs" c="dimmed">
      {t('tasks.running')}
    </Text>
  )
}

function Counted({ task, total }: { task: Task; total: number }) {
  const { t, i18n } = useTranslation()
  const elapsed = useNow() - task.startedAt
  const left = task.done > 0 && elapsed > 1000 ? (elapsed / task.done) * (total - task.done) : null
  return (
    <>
      <Progress value={(100 * task.done) / Math.max(1, total)} aria-label={task.title()} />
      <Group justify="space-between">
        <Text size="xs" c="dimmed">
          {t('tasks.progress', { done: task.done, total })}
        </Text>
        {left !== null && task.waits === null && (
          <Text size="xs" c="dimmed">
            {t('tasks.left', { time: formatCountdown(left, i18n.language) })}
          </Text>
        )}
      </Group>
      {task.waits && <Text size="xs">{task.waits()}</Text>}
    </>
  )
}
