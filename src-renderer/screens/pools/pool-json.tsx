/** A pool as JSON: the same draft, errors inline. */
import { List, Stack, Text, Textarea } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './config-field.module.css'
import { draftOfJson, type JsonResult, jsonOf, type PoolDraft } from './pool-draft.ts'

export interface PoolJsonProps {
  mode: 'new' | 'edit'
  draft: PoolDraft
  /** Null while the text is not a pool. */
  onChange: (draft: PoolDraft | null) => void
}

export function PoolJson({ mode, draft, onChange }: PoolJsonProps) {
  const { t } = useTranslation(['pools'])
  const [text, setText] = useState(() => jsonOf(draft, mode))
  const [result, setResult] = useState<JsonResult | null>(null)
  const edit = (next: string) => {
    const read = draftOfJson(next, draft, mode)
    setText(next)
    setResult(read)
    onChange('draft' in read ? read.draft : null)
  }
  const issues = result && 'issues' in result ? result.issues : []
  return (
    <Stack gap="xs">
      <Textarea
        label={t('json.label')}
        description={t('json.help')}
        value={text}
        onChange={(event) => edit(event.currentTarget.value)}
        autosize
        minRows={14}
        maxRows={28}
        classNames={{ input: classes.code }}
        spellCheck={false}
        error={result && 'notJson' in result ? t('json.notJson', { reason: result.notJson }) : issues.length > 0}
      />
      <div role="alert">
        {issues.length > 0 && (
          <List size="sm">
            {issues.map((issue) => (
              <List.Item key={issue.path + issue.message}>
                <Text span size="sm" ff="monospace">
                  {issue.path || '{ }'}
                </Text>
                : {issue.message}
              </List.Item>
            ))}
          </List>
        )}
      </div>
    </Stack>
  )
}
