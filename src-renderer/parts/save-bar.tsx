/** Save or discard: shown while something that affects routing was changed and not saved. */
import { Button, Group, Paper, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import classes from './save-bar.module.css'

export interface SaveBarProps {
  /** Something differs from what is saved. */
  dirty: boolean
  /** What is entered could be saved. */
  valid?: boolean
  saving?: boolean
  onSave: () => void
  onDiscard: () => void
}

export function SaveBar({ dirty, valid = true, saving = false, onSave, onDiscard }: SaveBarProps) {
  const { t } = useTranslation()
  if (!dirty) return null
  return (
    <Paper className={classes.bar} shadow="md" role="region" aria-label={t('unsaved')}>
      <Text size="sm">{t('unsaved')}</Text>
      <Group gap="xs" wrap="nowrap">
        <Button variant="default" onClick={onDiscard} disabled={saving}>
          {t('discard')}
        </Button>
        <Button onClick={onSave} disabled={!valid} loading={saving}>
          {t('save')}
        </Button>
      </Group>
    </Paper>
  )
}
