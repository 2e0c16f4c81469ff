/** Short messages with at most one action: what was done (with Undo), and what failed. */
import { Button, Group, Stack, Text } from '@mantine/core'
import { type NotificationData, notifications } from '@mantine/notifications'
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react'
import { getI18n, useTranslation } from 'react-i18next'
import { CopyDiagnostics } from './copy-diagnostics.tsx'
import { problemOf } from './problem.ts'
import { forgetUndo, rememberUndo } from './undo.ts'

const undoSeconds = 10

export interface ToastAction {
  label: string
  run: () => void
}

/** Toasts are shown from outside of React too, so the words come from the instance. */
function show(notification: NotificationData): string {
  return notifications.show({ ...notification, closeButtonProps: { 'aria-label': getI18n().t('close') } })
}

export function toastDone(message: string, action?: ToastAction): void {
  const id = show({
    color: 'green',
    icon: <IconCheck size={16} />,
    message: action ? <WithAction message={message} action={closing(action, () => id)} /> : message,
    autoClose: action ? 8000 : 3500,
  })
}

/** Says what was done and offers to undo it for 10 seconds, by the button or Ctrl+Z. */
export function toastUndo(message: string, label: string, undo: () => void): void {
  const run = () => {
    notifications.hide(id)
    forgetUndo(run)
    undo()
  }
  const id = show({
    message: <WithAction message={message} action={{ label, run }} />,
    autoClose: undoSeconds * 1000,
    withAutoCloseProgress: true,
    onClose: () => forgetUndo(run),
  })
  rememberUndo(run)
}

/** A failed action that no field on the screen can show. */
export function toastError(error: unknown, action?: ToastAction): void {
  const id = show({
    color: 'red',
    icon: <IconAlertTriangle size={16} />,
    autoClose: 10_000,
    message: <Failure error={error} {...(action && { action: closing(action, () => id) })} />,
  })
}

/** What could not be done, in a sentence that the place itself has. */
export function toastRefused(message: string): void {
  show({ color: 'red', icon: <IconAlertTriangle size={16} />, message, autoClose: 10_000 })
}

/** The same action, and the toast goes away with it. */
function closing({ label, run }: ToastAction, id: () => string): ToastAction {
  return {
    label,
    run: () => {
      notifications.hide(id())
      run()
    },
  }
}

function WithAction({ message, action }: { message: string; action: ToastAction }) {
  return (
    <Group justify="space-between" wrap="nowrap">
      <Text size="sm">{message}</Text>
      <Button variant="light" size="compact-sm" onClick={action.run}>
        {action.label}
      </Button>
    </Group>
  )
}

function Failure({ error, action }: { error: unknown; action?: ToastAction }) {
  const { t } = useTranslation(['errors', 'common'])
  const { code, data } = problemOf(error)
  return (
    <Stack gap={2}>
      <Text size="sm" fw={600}>
        {t(`errors:${code}.what`)}
      </Text>
      {data.fields?.map((field) => (
        <Text size="sm" key={field.path}>
          {field.path}: {field.message}
        </Text>
      ))}
      <Text size="sm">{t(`errors:${code}.do`)}</Text>
      <Group justify="space-between">
        <Text size="xs" c="dimmed">
          {t('common:error.code', { code })}
        </Text>
        {action ? (
          <Button variant="light" size="compact-sm" onClick={action.run}>
            {action.label}
          </Button>
        ) : (
          <CopyDiagnostics code={code} />
        )}
      </Group>
    </Stack>
  )
}
