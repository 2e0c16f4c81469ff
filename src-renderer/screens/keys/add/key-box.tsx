/** The box that keys are pasted into. Of a text that a browser would take seconds to lay out only the beginning is shown; all of it is read. */
import { Button, Group, Text, Textarea } from '@mantine/core'
import type { ClipboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { formatBytes, formatCount } from '../../../format.ts'
import classes from './add.module.css'
import { beginningOf, isLong, linesOf } from './long-text.ts'

export function KeyBox({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const { t, i18n } = useTranslation(['keys', 'common'])
  const long = isLong(value)
  const onPaste = (event: ClipboardEvent<HTMLTextAreaElement>) => {
    const pasted = event.clipboardData.getData('text')
    if (!long && !isLong(pasted)) return
    event.preventDefault()
    const { selectionStart, selectionEnd } = event.currentTarget
    onChange(long ? `${value.trimEnd()}\n${pasted}` : value.slice(0, selectionStart) + pasted + value.slice(selectionEnd))
  }
  const shared = { label: t('sheet.box'), description: t('sheet.boxHelp'), classNames: { input: classes.box } }
  const typing = { autoComplete: 'off', spellCheck: false, 'data-autofocus': true, onPaste }
  if (!long)
    return (
      <Textarea
        {...shared}
        {...typing}
        placeholder={t('sheet.placeholder')}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
        autosize
        minRows={5}
        maxRows={10}
      />
    )
  const size = formatBytes(value.length, i18n.language)
  return (
    <>
      <Textarea {...shared} {...typing} value={`${beginningOf(value)}\n…`} readOnly rows={8} />
      <Group gap="xs" role="status">
        <Text size="sm">
          {t('sheet.long', { size, count: linesOf(value), lines: formatCount(linesOf(value), i18n.language) })}
        </Text>
        <Button variant="subtle" size="compact-sm" onClick={() => onChange('')}>
          {t('common:clear')}
        </Button>
      </Group>
    </>
  )
}
