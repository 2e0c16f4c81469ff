/** Save or discard: shown while something that affects routing was changed and not saved, with what changes. */
import { Button, Collapse, Group, Paper, Text, VisuallyHidden } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { Difference } from './difference/difference.ts'
import { DifferenceList, DifferenceValues } from './difference/difference-list.tsx'
import classes from './save-bar.module.css'

export interface SaveBarProps {
  /** Something differs from what is saved. */
  dirty: boolean
  /** In words; a single one is shown at once, more are opened by a button. */
  differences?: readonly Difference[]
  /** What is entered could be saved. */
  valid?: boolean
  saving?: boolean
  onSave: () => void
  onDiscard: () => void
}

/** More than these do not fit into the bar itself. */
const fewLines = 4

export function SaveBar({ dirty, differences = [], valid = true, saving = false, onSave, onDiscard }: SaveBarProps) {
  const { t } = useTranslation()
  const [opened, { toggle }] = useDisclosure(false)
  const list = useId()
  if (!dirty) return null
  const [first, ...more] = differences
  const many = more.length > 0 || (first !== undefined && first.before.length + first.after.length > fewLines)
  return (
    <Paper className={classes.bar} shadow="md" role="region" aria-label={t('unsaved')}>
      {many && (
        <Collapse expanded={opened} id={list} className={classes.differences} tabIndex={opened ? 0 : -1}>
          <DifferenceList differences={differences} />
        </Collapse>
      )}
      <div className={classes.line}>
        {first && !many ? (
          <div className={classes.single}>
            <VisuallyHidden>{t('unsaved')}</VisuallyHidden>
            <Text span size="sm" c="dimmed">
              {first.name}
            </Text>
            <DifferenceValues {...first} />
          </div>
        ) : (
          <Text size="sm">{t('unsaved')}</Text>
        )}
        <Group gap="xs" wrap="nowrap" className={classes.buttons}>
          {many && (
            <Button
              variant="subtle"
              color="gray"
              onClick={toggle}
              aria-expanded={opened}
              aria-controls={list}
              rightSection={opened ? <IconChevronDown size={14} /> : <IconChevronUp size={14} />}
            >
              {t('difference.count', { count: differences.length })}
            </Button>
          )}
          <Button variant="default" onClick={onDiscard} disabled={saving}>
            {t('discard')}
          </Button>
          <Button onClick={onSave} disabled={!valid} loading={saving}>
            {t('save')}
          </Button>
        </Group>
      </div>
    </Paper>
  )
}
