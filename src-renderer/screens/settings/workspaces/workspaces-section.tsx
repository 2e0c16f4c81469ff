/** Workspaces: separate folders of pools, keys, clients and data; one is open at a time. */
import { Badge, Button, Group, Table, Text, VisuallyHidden } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Workspace } from '../../../../src-preload/contract/index.ts'
import { formatDateTime } from '../../../format.ts'
import { ConfirmTyped } from '../../../parts/confirm-typed.tsx'
import { ErrorNotice } from '../../../parts/error-notice.tsx'
import { Section } from '../../../parts/page.tsx'
import { SkeletonRows } from '../../../parts/skeletons.tsx'
import { toastDone, toastError } from '../../../parts/toast.tsx'
import { useApi } from '../../../queries/api.tsx'
import { useWorkspaces } from '../../../queries/use-workspaces.ts'
import { setParams } from '../../../route.ts'
import { NewWorkspace } from './new-workspace.tsx'

export function WorkspacesSection({ adding }: { adding: boolean }) {
  const { t } = useTranslation('servers')
  const { workspaces } = useWorkspaces()
  return (
    <Section
      title={t('workspaces.title')}
      description={t('workspaces.text')}
      actions={
        <Button variant="default" leftSection={<IconPlus size={15} />} onClick={() => setParams({ do: 'add' })}>
          {t('workspaces.add')}
        </Button>
      }
    >
      {workspaces.isError && <ErrorNotice error={workspaces.error} onRetry={() => void workspaces.refetch()} />}
      {workspaces.isPending && <SkeletonRows rows={2} />}
      {workspaces.data && <WorkspaceTable workspaces={workspaces.data} />}
      <NewWorkspace opened={adding} onClose={() => setParams({ do: null })} />
    </Section>
  )
}

function WorkspaceTable({ workspaces }: { workspaces: readonly Workspace[] }) {
  const { t, i18n } = useTranslation('servers')
  const { open } = useWorkspaces()
  return (
    <Table.ScrollContainer minWidth={480}>
      <Table aria-label={t('workspaces.title')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('workspaces.name')}</Table.Th>
            <Table.Th>{t('workspaces.slug')}</Table.Th>
            <Table.Th>{t('workspaces.made')}</Table.Th>
            <Table.Th w={190}>
              <VisuallyHidden>{t('workspaces.actions')}</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {workspaces.map((workspace) => (
            <Table.Tr key={workspace.slug}>
              <Table.Td>
                <Group gap={6}>
                  {workspace.name}
                  {workspace.open && <Badge color="green">{t('workspaces.isOpen')}</Badge>}
                </Group>
              </Table.Td>
              <Table.Td>
                <Text span size="sm" ff="monospace">
                  {workspace.slug}
                </Text>
              </Table.Td>
              <Table.Td>{formatDateTime(workspace.createdAt, i18n.language)}</Table.Td>
              <Table.Td>
                {!workspace.open && (
                  <Group gap="xs" wrap="nowrap" justify="flex-end">
                    <Button
                      size="compact-sm"
                      variant="default"
                      onClick={() => open.mutate(workspace)}
                      loading={open.isPending && open.variables.slug === workspace.slug}
                      disabled={open.isPending}
                      aria-label={t('workspaces.openName', workspace)}
                    >
                      {t('workspaces.open')}
                    </Button>
                    {/* The data folder itself stays. */}
                    {workspace.slug !== 'default' && <RemoveWorkspace workspace={workspace} />}
                  </Group>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function RemoveWorkspace({ workspace: { slug, name } }: { workspace: Workspace }) {
  const { t } = useTranslation('servers')
  const { client, orpc } = useApi()
  const [asking, setAsking] = useState(false)
  const remove = useMutation({
    mutationFn: () => client.workspaces.remove({ slug, confirm: slug }),
    onSuccess: (_answer, _input, _result, context) => {
      toastDone(t('workspaces.removed', { name }))
      setAsking(false)
      return context.client.invalidateQueries({ queryKey: orpc.workspaces.key() })
    },
    onError: (error) => toastError(error),
  })
  const label = t('workspaces.removeName', { name })
  return (
    <>
      <Button size="compact-sm" variant="subtle" color="red" onClick={() => setAsking(true)} aria-label={label}>
        {t('workspaces.remove')}
      </Button>
      <ConfirmTyped
        opened={asking}
        title={label}
        text={slug}
        confirmLabel={t('workspaces.removeSubmit')}
        loading={remove.isPending}
        onConfirm={() => remove.mutate()}
        onClose={() => setAsking(false)}
      >
        {t('workspaces.removeAsk', { name })}
      </ConfirmTyped>
    </>
  )
}
