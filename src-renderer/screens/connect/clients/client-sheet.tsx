/** The sheet of a client: made, changed, given a new token, shut out, and what it has used. */
import { Button, Drawer, Group, Stack, Tabs, Text } from '@mantine/core'
import { modals } from '@mantine/modals'
import { useLayoutEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Client, ClientCreated } from '../../../../src-preload/contract/index.ts'
import { ErrorNotice } from '../../../parts/error-notice.tsx'
import { problemOf } from '../../../parts/problem.ts'
import { SaveBar } from '../../../parts/save-bar.tsx'
import { clientIssues, draftOf, newClient } from './client-draft.ts'
import { ClientFields } from './client-fields.tsx'
import { ClientStanding } from './client-standing.tsx'
import { ClientUsage } from './client-usage.tsx'
import { type ClientActions, useClientActions } from './use-client-actions.ts'

export interface ClientSheetProps {
  /** Closed when null; `new` = one that is not there yet. */
  open: Client | 'new' | null
  onClose: () => void
  /** A token to be shown, this once: of a client just made, or a new one. */
  onToken: (client: ClientCreated) => void
}

export function ClientSheet({ open, onClose, onToken }: ClientSheetProps) {
  const { t } = useTranslation(['clients', 'pools', 'common'])
  const [dirty, setDirty] = useState(false)
  const leave = () => {
    if (!dirty) return onClose()
    modals.openConfirmModal({
      title: t('pools:discardTitle'),
      labels: { confirm: t('common:discard'), cancel: t('pools:keep') },
      closeButtonProps: { 'aria-label': t('common:close') },
      onConfirm: onClose,
    })
  }
  return (
    <Drawer
      opened={open !== null}
      onClose={leave}
      size={760}
      title={open && (open === 'new' ? t('clients:add') : t('clients:edit', open))}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      {open === 'new' && <NewClient onDirty={setDirty} onClose={onClose} onToken={onToken} />}
      {open !== null && open !== 'new' && (
        <ClientEditor key={open.id} client={open} onDirty={setDirty} onClose={onClose} onToken={onToken} />
      )}
    </Drawer>
  )
}

interface EditorProps extends Omit<ClientSheetProps, 'open'> {
  onDirty: (dirty: boolean) => void
}

/** The draft, what is wrong with it, and whether it would be lost. */
function useClientDraft(client: Client | null, error: unknown, onDirty: (dirty: boolean) => void) {
  const [before, setBefore] = useState(() => (client ? draftOf(client) : newClient()))
  const [draft, setDraft] = useState(before)
  const dirty = JSON.stringify(before) !== JSON.stringify(draft)
  // Before the next key is pressed: Escape right after a save must not ask.
  useLayoutEffect(() => {
    onDirty(dirty)
    return () => onDirty(false)
  }, [dirty, onDirty])
  const own = clientIssues(draft, client && before)
  const issues = [...own, ...(error === null ? [] : (problemOf(error).data.fields ?? []))]
  const settle = (saved: Client) => {
    setBefore(draftOf(saved))
    setDraft(draftOf(saved))
  }
  return { before, draft, setDraft, dirty, issues, valid: own.length === 0, settle }
}

function NewClient({ onDirty, onClose, onToken }: EditorProps) {
  const { t } = useTranslation(['clients', 'common'])
  const { create, error, busy } = useClientActions()
  const { draft, setDraft, issues, valid } = useClientDraft(null, error, onDirty)
  const submit = async () => {
    const made = await create(draft)
    if (!made) return
    onClose()
    onToken(made)
  }
  return (
    <Stack
      component="form"
      gap="md"
      onSubmit={(event) => {
        event.preventDefault()
        if (valid) void submit()
      }}
    >
      <ClientFields draft={draft} issues={issues} onChange={setDraft} />
      {error !== null && <ErrorNotice error={error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('common:cancel')}
        </Button>
        <Button type="submit" loading={busy} disabled={!valid}>
          {t('clients:create')}
        </Button>
      </Group>
    </Stack>
  )
}

function ClientEditor({ client, onDirty, onClose, onToken }: EditorProps & { client: Client }) {
  const { t } = useTranslation('clients')
  const actions = useClientActions()
  return (
    <Stack gap="md">
      <ClientStanding client={client} actions={actions} onToken={onToken} onRemoved={onClose} />
      <Tabs defaultValue={client.state === 'revoked' ? 'usage' : 'rights'} keepMounted={false}>
        <Tabs.List mb="md" aria-label={t('edit', client)}>
          <Tabs.Tab value="rights">{t('tabs.rights')}</Tabs.Tab>
          <Tabs.Tab value="usage">{t('tabs.usage')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="rights">
          {client.state === 'revoked' ? (
            <Text size="sm">{t('revokedNote')}</Text>
          ) : (
            <Rights client={client} actions={actions} onDirty={onDirty} />
          )}
        </Tabs.Panel>
        <Tabs.Panel value="usage">
          <ClientUsage client={client} actions={actions} />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  )
}

interface RightsProps {
  client: Client
  actions: ClientActions
  onDirty: (dirty: boolean) => void
}

function Rights({ client, actions: { update, error, busy }, onDirty }: RightsProps) {
  const { before, draft, setDraft, dirty, issues, valid, settle } = useClientDraft(client, error, onDirty)
  const save = async () => {
    const saved = await update(client, before, draft)
    if (saved) settle(saved)
  }
  return (
    <Stack gap="md">
      <ClientFields draft={draft} issues={issues} onChange={setDraft} />
      {error !== null && <ErrorNotice error={error} />}
      <SaveBar dirty={dirty} valid={valid} saving={busy} onSave={() => void save()} onDiscard={() => setDraft(before)} />
    </Stack>
  )
}
