/** A failure inside a screen: what happened, what to do, the code, and one action. */
import { Alert, Button, Group, List, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { CopyDiagnostics } from './copy-diagnostics.tsx'
import { problemOf } from './problem.ts'

export interface ErrorNoticeProps {
  error: unknown
  /** Shown as "Try again". */
  onRetry?: () => void
  /** A better mend than trying again. */
  action?: { label: string; run: () => void }
}

export function ErrorNotice({ error, onRetry, action }: ErrorNoticeProps) {
  const { t } = useTranslation(['common', 'errors'])
  const { code, message, data } = problemOf(error)
  return (
    <Alert color="red" icon={<IconAlertTriangle />} title={t(`errors:${code}.what`)} role="alert">
      <Text size="sm">{t(`errors:${code}.do`)}</Text>
      {data.kept !== undefined && <Text size="sm">{t('common:error.kept', { count: data.kept })}</Text>}
      {data.fields && data.fields.length > 0 && (
        <List size="sm" mt={4} aria-label={t('common:error.fields')}>
          {data.fields.map((field) => (
            <List.Item key={field.path}>
              <b>{field.path}</b>: {field.message}
            </List.Item>
          ))}
        </List>
      )}
      <Group mt="xs" justify="space-between">
        <Text size="xs" title={message}>
          {t('common:error.code', { code })}
        </Text>
        <Group gap="xs">
          <CopyDiagnostics code={code} />
          {(action ?? onRetry) && (
            <Button variant="default" size="compact-sm" onClick={action?.run ?? onRetry}>
              {action?.label ?? t('common:retry')}
            </Button>
          )}
        </Group>
      </Group>
    </Alert>
  )
}
