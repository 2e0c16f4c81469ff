/** Azure: which deployment serves a model. */
import { ActionIcon, Button, Stack, Text, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PoolConfig } from '../../../src-preload/contract/index.ts'
import classes from './fallback-editor.module.css'

type Deployments = PoolConfig['deployments']
type Row = [model: string, deployment: string]

export interface DeploymentsEditorProps {
  label: string
  description: string
  /** Null while a row is not whole. */
  value: Deployments | null
  onChange: (value: Deployments | null) => void
  error?: string | null | undefined
}

export function DeploymentsEditor({ label, description, value, onChange, error }: DeploymentsEditorProps) {
  const { t } = useTranslation('pools')
  // Rows that are not whole, or name a model twice, are no record: they live here while they are written.
  const [draft, setDraft] = useState<Row[]>([])
  const rows = value === null ? draft : Object.entries(value)
  const change = (next: Row[]) => {
    const whole = next.every(([model, deployment]) => model.trim() !== '' && deployment.trim() !== '')
    const record = Object.fromEntries(next.map(([model, deployment]) => [model.trim(), deployment.trim()]))
    const sound = whole && Object.keys(record).length === next.length
    setDraft(next)
    onChange(sound ? record : null)
  }
  const problem = (at: number, part: 0 | 1): string | undefined => {
    const text = rows[at]?.[part].trim() ?? ''
    if (text === '') return t('deployments.empty')
    const twice = part === 0 && rows.findIndex(([model]) => model.trim() === text) !== at
    return twice ? t('deployments.twice') : undefined
  }
  const put = (at: number, row: Row) => change(rows.map((old, index) => (index === at ? row : old)))
  return (
    <Stack gap={6} role="group" aria-label={label}>
      <div>
        <Text size="sm" fw={600}>
          {label}
        </Text>
        <Text size="xs" c="dimmed">
          {description}
        </Text>
      </div>
      {rows.map(([model, deployment], at) => (
        // Rows have no name but their place.
        <div key={at} className={classes.pair}>
          <TextInput
            aria-label={t('deployments.model', { number: at + 1 })}
            placeholder={t('deployments.modelHint')}
            value={model}
            onChange={(event) => put(at, [event.currentTarget.value, deployment])}
            error={problem(at, 0)}
            maxLength={200}
            spellCheck={false}
          />
          <TextInput
            aria-label={t('deployments.deployment', { number: at + 1 })}
            placeholder={t('deployments.deploymentHint')}
            value={deployment}
            onChange={(event) => put(at, [model, event.currentTarget.value])}
            error={problem(at, 1)}
            maxLength={200}
            spellCheck={false}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t('deployments.remove', { number: at + 1 })}
            onClick={() => change(rows.filter((_, index) => index !== at))}
          >
            <IconTrash size={15} />
          </ActionIcon>
        </div>
      ))}
      {error && (
        <Text size="xs" c="var(--mantine-color-error)" role="alert">
          {error}
        </Text>
      )}
      <div>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlus size={14} />}
          onClick={() => change([...rows, ['', '']])}
        >
          {t('deployments.add')}
        </Button>
      </div>
    </Stack>
  )
}
