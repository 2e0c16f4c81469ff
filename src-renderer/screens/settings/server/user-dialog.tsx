/** Makes a user of the apipool server, or changes one. */
import { Button, Group, Modal, Select, Stack, Switch, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { User } from '../../../../src-preload/contract/index.ts'
import { userRoles } from '../../../../src-preload/contract/remote.ts'
import { ErrorNotice } from '../../../parts/error-notice.tsx'
import { PasswordField } from '../../../parts/password-field.tsx'
import { PoolsField } from '../../../parts/pools-field.tsx'
import { fieldErrors } from '../../../parts/problem.ts'
import { toastDone } from '../../../parts/toast.tsx'
import { useApi } from '../../../queries/api.tsx'
import { type UserDraft, userCreateOf, userDraftOf, userIssues, userPatchOf } from './user-draft.ts'

/** `open` null = closed; `new` = one that is not there yet. */
export function UserDialog({ open, onClose }: { open: User | 'new' | null; onClose: () => void }) {
  const { t } = useTranslation(['servers', 'common'])
  return (
    <Modal
      opened={open !== null}
      onClose={onClose}
      title={open && (open === 'new' ? t('servers:users.add') : t('servers:users.edit', { name: open.username }))}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      {open && <UserForm key={open === 'new' ? '' : open.id} user={open === 'new' ? null : open} onClose={onClose} />}
    </Modal>
  )
}

function UserForm({ user, onClose }: { user: User | null; onClose: () => void }) {
  const { t } = useTranslation(['servers', 'common'])
  const [before] = useState(() => userDraftOf(user))
  const [draft, setDraft] = useState(before)
  const set = (changes: Partial<UserDraft>) => setDraft({ ...draft, ...changes })
  const save = useSaveUser(user, before, onClose)
  const own = userIssues(draft, user && before)
  const issues = { ...(save.error === null ? {} : fieldErrors(save.error)), ...own }
  const valid = Object.keys(own).length === 0
  return (
    <Stack
      component="form"
      gap="sm"
      onSubmit={(event) => {
        event.preventDefault()
        if (valid) save.mutate(draft)
      }}
    >
      {user === null && (
        <TextInput
          label={t('servers:users.username')}
          required
          value={draft.username}
          onChange={(event) => set({ username: event.currentTarget.value })}
          error={draft.username !== '' && issues['username']}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
        />
      )}
      <TextInput
        label={t('servers:users.email')}
        value={draft.email}
        onChange={(event) => set({ email: event.currentTarget.value })}
        error={issues['email']}
        autoComplete="off"
      />
      <PasswordField
        label={t(user ? 'servers:users.newPassword' : 'servers:users.password')}
        description={t(user ? 'servers:users.newPasswordHint' : 'servers:users.passwordHint')}
        required={user === null}
        value={draft.password}
        onChange={(event) => set({ password: event.currentTarget.value })}
        error={draft.password !== '' && issues['password']}
        autoComplete="new-password"
      />
      <Select
        label={t('servers:users.role')}
        description={t(`servers:users.rolesMean.${draft.role}`)}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        data={userRoles.map((role) => ({ value: role, label: t(`servers:users.roles.${role}`) }))}
        value={draft.role}
        onChange={(role) => set({ role: userRoles.find((known) => known === role) ?? draft.role })}
        allowDeselect={false}
      />
      <PoolsField
        label={t('servers:users.pools')}
        value={draft.pools}
        onChange={(pools) => set({ pools })}
        error={issues['pools']}
      />
      <Switch
        label={t('servers:users.mayReveal')}
        description={t('servers:users.mayRevealHint')}
        checked={draft.mayReveal}
        onChange={(event) => set({ mayReveal: event.currentTarget.checked })}
      />
      {user && (
        <Switch
          label={t('servers:users.active')}
          description={t('servers:users.activeHint')}
          checked={draft.active}
          onChange={(event) => set({ active: event.currentTarget.checked })}
        />
      )}
      {save.error && <ErrorNotice error={save.error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('common:cancel')}
        </Button>
        <Button type="submit" disabled={!valid} loading={save.isPending}>
          {t(user ? 'common:save' : 'servers:users.create')}
        </Button>
      </Group>
    </Stack>
  )
}

function useSaveUser(user: User | null, before: UserDraft, onClose: () => void) {
  const { t } = useTranslation('servers')
  const { client, orpc } = useApi()
  return useMutation({
    mutationFn: (draft: UserDraft) =>
      user ? client.users.update({ id: user.id, ...userPatchOf(before, draft) }) : client.users.create(userCreateOf(draft)),
    onSuccess: ({ username }, _draft, _result, context) => {
      toastDone(t(user ? 'users.saved' : 'users.created', { name: username }))
      onClose()
      return context.client.invalidateQueries({ queryKey: orpc.users.key() })
    },
    // The input holds a password: it must not stay behind.
    gcTime: 0,
  })
}
