/** Tags of one key or many: what each gets, and what is taken away from each. */
import { Button, Group, Modal, MultiSelect, Stack, TagsInput } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Key } from '../../../src-preload/contract/index.ts'
import { tagChanges, tagsOf } from './key-tags.ts'
import { useTagKeys } from './use-tag-keys.ts'

export interface TagDialogProps {
  /** Null = closed. */
  keys: readonly Key[] | null
  /** Tags that are in use, to choose from. */
  known: readonly string[]
  onClose: () => void
}

export function TagDialog({ keys, known, onClose }: TagDialogProps) {
  const { t } = useTranslation(['keys', 'common'])
  return (
    <Modal
      opened={keys !== null}
      onClose={onClose}
      title={t('tags.title', { count: keys?.length ?? 0 })}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      {keys && <TagForm keys={keys} known={known} onClose={onClose} />}
    </Modal>
  )
}

function TagForm({ keys, known, onClose }: { keys: readonly Key[]; known: readonly string[]; onClose: () => void }) {
  const { t } = useTranslation(['keys', 'common'])
  const tagKeys = useTagKeys()
  const [add, setAdd] = useState<string[]>([])
  const [remove, setRemove] = useState<string[]>([])
  const present = tagsOf(keys)
  const changes = tagChanges(keys, add, remove)
  return (
    <Stack
      component="form"
      gap="sm"
      onSubmit={(event) => {
        event.preventDefault()
        onClose()
        void tagKeys(changes)
      }}
    >
      <TagsInput
        label={t('tags.add')}
        description={t('drawer.tagsHelp')}
        data={known.filter((tag) => !keys.every(({ tags }) => tags.includes(tag)))}
        value={add}
        onChange={setAdd}
        maxTags={32}
        acceptValueOnBlur
        data-autofocus
      />
      {present.length > 0 && (
        <MultiSelect label={t('tags.remove')} data={present} value={remove} onChange={setRemove} searchable />
      )}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          {t('common:cancel')}
        </Button>
        <Button type="submit" disabled={changes.length === 0}>
          {t('tags.submit')}
        </Button>
      </Group>
    </Stack>
  )
}
