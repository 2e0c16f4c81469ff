/** Adds a server, or changes how it is reached. Its password goes into the vault and is not shown again. */
import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Remote } from '../../../../src-preload/contract/index.ts'
import { remoteCreate } from '../../../../src-preload/contract/remote.ts'
import { ErrorNotice } from '../../../parts/error-notice.tsx'
import { issueByField } from '../../../parts/issues.ts'
import { PasswordField } from '../../../parts/password-field.tsx'
import { fieldErrors, problemOf } from '../../../parts/problem.ts'
import { toastDone } from '../../../parts/toast.tsx'
import { useApi } from '../../../queries/api.tsx'
import { openUnlock } from '../../../shell/dialogs.ts'
import { useRemotesRefresh } from './use-remote-actions.ts'

export interface RemoteDialogProps {
  /** Null = closed; `new` = one that is not there yet. */
  open: Remote | 'new' | null
  /** With the server that was just added. */
  onClose: (made?: Remote) => void
}

export function RemoteDialog({ open, onClose }: RemoteDialogProps) {
  const { t } = useTranslation(['servers', 'common'])
  return (
    <Modal
      opened={open !== null}
      onClose={() => onClose()}
      title={open && (open === 'new' ? t('servers:remotes.add') : t('servers:remotes.editName', open))}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      {open && <RemoteForm key={open === 'new' ? '' : open.id} remote={open === 'new' ? null : open} onClose={onClose} />}
    </Modal>
  )
}

interface Draft {
  name: string
  url: string
  username: string
  /** Empty = the present one stays. */
  password: string
}

/** What the application would refuse, by field; the password of a server that is there may stay unsaid. */
function issuesOf({ name, ...rest }: Draft, isNew: boolean): Record<string, string> {
  const { error } = remoteCreate.safeParse({ ...rest, ...(name.trim() !== '' && { name }) })
  return Object.fromEntries(
    Object.entries(issueByField(error)).filter(([field]) => isNew || field !== 'password' || rest.password !== ''),
  )
}

function RemoteForm({ remote, onClose }: { remote: Remote | null; onClose: RemoteDialogProps['onClose'] }) {
  const { t } = useTranslation(['servers', 'common'])
  const [draft, setDraft] = useState<Draft>(() => ({
    name: remote?.name ?? '',
    url: remote?.url ?? '',
    username: remote?.username ?? '',
    password: '',
  }))
  const set = (changes: Partial<Draft>) => setDraft({ ...draft, ...changes })
  const save = useSave(remote, onClose)
  const own = issuesOf(draft, remote === null)
  const issues = { ...(save.error === null ? {} : fieldErrors(save.error)), ...own }
  const valid = Object.keys(own).length === 0
  const locked = save.error !== null && problemOf(save.error).code === 'VAULT_LOCKED'
  return (
    <Stack
      component="form"
      gap="sm"
      onSubmit={(event) => {
        event.preventDefault()
        if (valid) save.mutate(draft)
      }}
    >
      <TextInput
        label={t('servers:remotes.url')}
        description={t('servers:remotes.urlHint')}
        placeholder="https://pool.example.com"
        required
        value={draft.url}
        onChange={(event) => set({ url: event.currentTarget.value })}
        error={draft.url !== '' && issues['url']}
        spellCheck={false}
        data-autofocus
      />
      <TextInput
        label={t('servers:remotes.username')}
        required
        value={draft.username}
        onChange={(event) => set({ username: event.currentTarget.value })}
        error={draft.username !== '' && issues['username']}
        autoComplete="off"
        spellCheck={false}
      />
      <PasswordField
        label={t(remote ? 'servers:remotes.newPassword' : 'servers:remotes.password')}
        description={t(remote ? 'servers:remotes.newPasswordHint' : 'servers:remotes.passwordHint')}
        required={remote === null}
        value={draft.password}
        onChange={(event) => set({ password: event.currentTarget.value })}
        error={draft.password !== '' && issues['password']}
        autoComplete="off"
      />
      <TextInput
        label={t('servers:remotes.name')}
        description={t('servers:remotes.nameHint')}
        value={draft.name}
        onChange={(event) => set({ name: event.currentTarget.value })}
        error={draft.name !== '' && issues['name']}
        maxLength={128}
      />
      {save.error && (
        <ErrorNotice error={save.error} {...(locked && { action: { label: t('common:banner.unlock'), run: openUnlock } })} />
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={() => onClose()}>
          {t('common:cancel')}
        </Button>
        <Button type="submit" disabled={!valid} loading={save.isPending}>
          {t(remote ? 'common:save' : 'servers:remotes.connect')}
        </Button>
      </Group>
    </Stack>
  )
}

function useSave(remote: Remote | null, onClose: RemoteDialogProps['onClose']) {
  const { t } = useTranslation('servers')
  const { client } = useApi()
  const refresh = useRemotesRefresh()
  return useMutation({
    mutationFn: ({ name, url, username, password }: Draft) => {
      const named = { url, username, ...(name.trim() !== '' && { name }) }
      if (remote === null) return client.remotes.create({ ...named, password })
      return client.remotes.update({ id: remote.id, ...named, ...(password !== '' && { password }) })
    },
    onSuccess: async (saved) => {
      await refresh()
      toastDone(t(remote ? 'remotes.saved' : 'remotes.added', saved))
      onClose(remote ? undefined : saved)
    },
    // The input holds a password: it must not stay behind.
    gcTime: 0,
  })
}
