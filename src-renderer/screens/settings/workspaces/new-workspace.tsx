/** Makes a workspace; it is empty until it is opened and filled. */
import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { workspaceCreate } from '../../../../src-preload/contract/workspace.ts'
import { ErrorNotice } from '../../../parts/error-notice.tsx'
import { issuesOf } from '../../../parts/issues.ts'
import { fieldErrors } from '../../../parts/problem.ts'
import { toastDone } from '../../../parts/toast.tsx'
import { useApi } from '../../../queries/api.tsx'
import { slugFrom } from '../../keys/add/target.ts'

export interface NewWorkspaceProps {
  opened: boolean
  onClose: () => void
}

export function NewWorkspace({ opened, onClose }: NewWorkspaceProps) {
  const { t } = useTranslation(['servers', 'common'])
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('servers:workspaces.add')}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      <Form onClose={onClose} />
    </Modal>
  )
}

function Form({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(['servers', 'common'])
  const { client, orpc } = useApi()
  const [name, setName] = useState('')
  // Follows the name until it is written by hand.
  const [typed, setTyped] = useState<string | null>(null)
  const slug = typed ?? slugFrom(name)
  const create = useMutation({
    mutationFn: () => client.workspaces.create({ slug, name }),
    onSuccess: (made, _input, _result, context) => {
      toastDone(t('servers:workspaces.created', made))
      onClose()
      return context.client.invalidateQueries({ queryKey: orpc.workspaces.key() })
    },
  })
  const issues = issuesOf(workspaceCreate.safeParse({ slug, name }).error)
  const problem = (field: string) =>
    issues.find(({ path }) => path === field)?.message ?? (create.error ? fieldErrors(create.error)[field] : undefined)
  return (
    <Stack
      component="form"
      gap="sm"
      onSubmit={(event) => {
        event.preventDefault()
        if (issues.length === 0) create.mutate()
      }}
    >
      <TextInput
        label={t('servers:workspaces.name')}
        required
        maxLength={128}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={name !== '' && problem('name')}
        data-autofocus
      />
      <TextInput
        label={t('servers:workspaces.slug')}
        description={t('servers:workspaces.slugHint')}
        required
        maxLength={64}
        value={slug}
        onChange={(event) => setTyped(event.currentTarget.value)}
        error={slug !== '' && problem('slug')}
        spellCheck={false}
      />
      {create.error && <ErrorNotice error={create.error} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('common:cancel')}
        </Button>
        <Button type="submit" disabled={issues.length > 0} loading={create.isPending}>
          {t('servers:workspaces.create')}
        </Button>
      </Group>
    </Stack>
  )
}
