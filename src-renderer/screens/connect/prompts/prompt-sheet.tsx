/** The sheet of a prompt: written, versioned, published, called. */
import { Button, Drawer, Group, Stack, Tabs, Text } from '@mantine/core'
import { modals } from '@mantine/modals'
import { useEffect, useLayoutEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ClientCreated, Prompt } from '../../../../src-preload/contract/index.ts'
import { ErrorNotice } from '../../../parts/error-notice.tsx'
import { problemOf } from '../../../parts/problem.ts'
import { SaveBar } from '../../../parts/save-bar.tsx'
import { CodeBlock } from '../code-block.tsx'
import { tokenPlaceholder } from '../token-placeholder.ts'
import { useProxyUrl } from '../use-proxy-url.ts'
import { handedDraft } from './handed-draft.ts'
import { curlOf, draftOf, newPrompt, type PromptDraft, promptIssues } from './prompt-draft.ts'
import { PromptFields } from './prompt-fields.tsx'
import { PromptStanding } from './prompt-standing.tsx'
import { PromptVersions } from './prompt-versions.tsx'
import { usePromptActions } from './use-prompt-actions.ts'

export interface PromptSheetProps {
  /** Closed when null; `new` = one that is not there yet. */
  open: Prompt | 'new' | null
  prompts: readonly Prompt[]
  /** Made on this page: its token can be filled in. */
  client: ClientCreated | null
  /** With the slug of one that was just made, which stays open. */
  onOpen: (slug: string | null) => void
}

export function PromptSheet({ open, prompts, client, onOpen }: PromptSheetProps) {
  const { t } = useTranslation(['gateway', 'pools', 'common'])
  const [dirty, setDirty] = useState(false)
  const leave = () => {
    if (!dirty) return onOpen(null)
    modals.openConfirmModal({
      title: t('pools:discardTitle'),
      labels: { confirm: t('common:discard'), cancel: t('pools:keep') },
      closeButtonProps: { 'aria-label': t('common:close') },
      onConfirm: () => onOpen(null),
    })
  }
  return (
    <Drawer
      opened={open !== null}
      onClose={leave}
      size={780}
      title={open && (open === 'new' ? t('gateway:prompts.add') : t('gateway:prompts.edit', open))}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      {open && (
        <Editor
          key={open === 'new' ? '' : open.slug}
          prompt={open === 'new' ? null : open}
          prompts={prompts}
          client={client}
          onDirty={setDirty}
          onOpen={onOpen}
        />
      )}
    </Drawer>
  )
}

interface EditorProps extends Omit<PromptSheetProps, 'open'> {
  prompt: Prompt | null
  onDirty: (dirty: boolean) => void
}

function Editor({ prompt, prompts, client, onDirty, onOpen }: EditorProps) {
  const { t } = useTranslation('gateway')
  const [before, setBefore] = useState<PromptDraft>(() => (prompt ? draftOf(prompt) : newPrompt('')))
  // One that was begun in the Playground is not saved yet.
  const [draft, setDraft] = useState(() => (prompt ? before : (handedDraft.get() ?? before)))
  useEffect(() => handedDraft.set(null), [])
  const actions = usePromptActions()
  const { error, busy } = actions
  const dirty = JSON.stringify(before) !== JSON.stringify(draft)
  // Before the next key is pressed: Escape right after a save must not ask.
  useLayoutEffect(() => {
    onDirty(dirty)
    return () => onDirty(false)
  }, [dirty, onDirty])

  const own = promptIssues(draft)
  const issues = [...own, ...(error === null ? [] : (problemOf(error).data.fields ?? []))]
  const save = async () => {
    const saved = prompt ? await actions.update(before, draft) : await actions.create(draft)
    if (!saved) return
    setBefore(draftOf(saved))
    setDraft(draftOf(saved))
    if (!prompt) onOpen(saved.slug)
  }
  const fields = <PromptFields isNew={!prompt} draft={draft} issues={issues} onChange={setDraft} />
  return (
    <Stack gap="md">
      {prompt ? (
        <>
          <PromptStanding
            prompt={prompt}
            others={prompts.filter(({ slug }) => slug !== prompt.slug)}
            actions={actions}
            dirty={dirty}
            onRemoved={() => onOpen(null)}
          />
          <Tabs defaultValue="edit" keepMounted={false}>
            <Tabs.List mb="md">
              <Tabs.Tab value="edit">{t('prompts.tabs.edit')}</Tabs.Tab>
              <Tabs.Tab value="versions">{t('prompts.tabs.versions')}</Tabs.Tab>
              <Tabs.Tab value="call">{t('prompts.tabs.call')}</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="edit">{fields}</Tabs.Panel>
            <Tabs.Panel value="versions">
              <PromptVersions prompt={prompt} actions={actions} />
            </Tabs.Panel>
            <Tabs.Panel value="call">
              <Call prompt={prompt} token={client?.token ?? tokenPlaceholder} />
            </Tabs.Panel>
          </Tabs>
        </>
      ) : (
        fields
      )}
      {error !== null && <ErrorNotice error={error} />}
      {prompt ? (
        <SaveBar
          dirty={dirty}
          valid={own.length === 0}
          saving={busy}
          onSave={() => void save()}
          onDiscard={() => setDraft(before)}
        />
      ) : (
        <Group justify="flex-end">
          <Button onClick={() => void save()} disabled={own.length > 0} loading={busy}>
            {t('prompts.create')}
          </Button>
        </Group>
      )}
    </Stack>
  )
}

function Call({ prompt, token }: { prompt: Prompt; token: string }) {
  const { t } = useTranslation('gateway')
  const { url } = useProxyUrl()
  return (
    <Stack gap="sm">
      {prompt.state !== 'published' && <Text size="sm">{t(`prompts.statesMean.${prompt.state}`)}</Text>}
      <CodeBlock title={t('prompts.curl')} text={curlOf(prompt, url, token)} copyLabel={t('prompts.copyCurl')} />
      <Text size="xs" c="dimmed">
        {t('prompts.openapi', { address: '/api/prompts-openapi' })}
      </Text>
    </Stack>
  )
}
