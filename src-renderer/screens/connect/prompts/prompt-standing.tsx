/** What callers of a prompt get now, and the buttons that change it. */
import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core'
import { modals } from '@mantine/modals'
import { IconArchive, IconFlask, IconSend, IconTrash } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Prompt } from '../../../../src-preload/contract/index.ts'
import { hrefOf } from '../../../route.ts'
import { PromptState } from './prompt-state.tsx'
import type { PromptActions } from './use-prompt-actions.ts'

export interface PromptStandingProps {
  prompt: Prompt
  /** The others, any of which may be its successor. */
  others: readonly Prompt[]
  actions: PromptActions
  /** What is written is not saved yet: publishing it would publish something else. */
  dirty: boolean
  onRemoved: () => void
}

export function PromptStanding({ prompt, others, actions, dirty, onRemoved }: PromptStandingProps) {
  const { t } = useTranslation(['gateway', 'common', 'playground'])
  const [retiring, setRetiring] = useState(false)
  const { slug, version, published } = prompt
  const remove = () =>
    modals.openConfirmModal({
      title: t('gateway:prompts.edit', prompt),
      children: <Text size="sm">{t('gateway:prompts.removeAsk', prompt)}</Text>,
      labels: { confirm: t('gateway:prompts.removeSubmit'), cancel: t('common:cancel') },
      confirmProps: { color: 'red' },
      closeButtonProps: { 'aria-label': t('common:close') },
      onConfirm: () => void actions.remove(prompt).then((removed) => removed && onRemoved()),
    })
  return (
    <Stack gap="xs">
      <Group gap="sm">
        <PromptState state={prompt.state} />
        <Text size="sm">
          <Standing prompt={prompt} />
        </Text>
      </Group>
      <Group gap="xs">
        {version !== published && (
          <Button
            size="compact-sm"
            leftSection={<IconSend size={14} />}
            onClick={() => void actions.publish(slug, version)}
            loading={actions.busy}
            disabled={dirty}
          >
            {t('gateway:prompts.publish', { version })}
          </Button>
        )}
        <Button
          component="a"
          href={hrefOf('playground', { prompt: slug })}
          size="compact-sm"
          variant="default"
          leftSection={<IconFlask size={14} />}
        >
          {t('playground:tryPrompt')}
        </Button>
        {prompt.state === 'published' && (
          <Button size="compact-sm" variant="default" leftSection={<IconArchive size={14} />} onClick={() => setRetiring(true)}>
            {t('gateway:prompts.retire')}
          </Button>
        )}
        <Button size="compact-sm" variant="subtle" color="red" leftSection={<IconTrash size={14} />} onClick={remove}>
          {t('gateway:prompts.remove')}
        </Button>
      </Group>
      <Modal
        opened={retiring}
        onClose={() => setRetiring(false)}
        title={t('gateway:prompts.retireTitle', prompt)}
        closeButtonProps={{ 'aria-label': t('common:close') }}
      >
        <Retire
          others={others}
          busy={actions.busy}
          onSubmit={(successor) => void actions.retire(slug, successor).then((done) => done && setRetiring(false))}
        />
      </Modal>
    </Stack>
  )
}

function Standing({ prompt: { state, version, published, successor } }: { prompt: Prompt }) {
  const { t } = useTranslation('gateway')
  if (state === 'draft') return t('prompts.draftNote')
  if (state === 'retired') return successor === null ? t('prompts.retiredNote') : t('prompts.retiredTo', { successor })
  if (published !== null && version !== published) return t('prompts.unpublished', { version, published })
  return t('prompts.statesMean.published')
}

interface RetireProps {
  others: readonly Prompt[]
  busy: boolean
  onSubmit: (successor: string | null) => void
}

function Retire({ others, busy, onSubmit }: RetireProps) {
  const { t } = useTranslation(['gateway', 'common'])
  const [successor, setSuccessor] = useState<string | null>(null)
  return (
    <Stack gap="md">
      <Text size="sm">{t('gateway:prompts.retireText')}</Text>
      <Select
        label={t('gateway:prompts.successor')}
        placeholder={t('gateway:prompts.noSuccessor')}
        data={others.map(({ slug, name }) => ({ value: slug, label: `${name} (${slug})` }))}
        value={successor}
        onChange={setSuccessor}
        clearable
        clearButtonProps={{ 'aria-label': t('common:clear') }}
      />
      <Group justify="flex-end">
        <Button onClick={() => onSubmit(successor)} loading={busy}>
          {t('gateway:prompts.retireSubmit')}
        </Button>
      </Group>
    </Stack>
  )
}
