/** Who may log in at the apipool server, and what each may do. */
import { ActionIcon, Badge, Button, Group, Table, Text, VisuallyHidden } from '@mantine/core'
import { modals } from '@mantine/modals'
import { IconPencil, IconPlus, IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { User } from '../../../../src-preload/contract/index.ts'
import { formatPool } from '../../../format.ts'
import { Ago } from '../../../parts/ago.tsx'
import { ErrorNotice } from '../../../parts/error-notice.tsx'
import { Section } from '../../../parts/page.tsx'
import { SkeletonRows } from '../../../parts/skeletons.tsx'
import { toastDone, toastError } from '../../../parts/toast.tsx'
import { useApi } from '../../../queries/api.tsx'
import { setParams } from '../../../route.ts'
import { UserDialog } from './user-dialog.tsx'

export function UsersCard({ adding }: { adding: boolean }) {
  const { t } = useTranslation('servers')
  const { orpc } = useApi()
  const users = useQuery(orpc.users.list.queryOptions())
  const [open, setOpen] = useState<User | null>(null)
  return (
    <Section
      title={t('users.title')}
      description={t('users.text')}
      actions={
        <Button variant="default" leftSection={<IconPlus size={15} />} onClick={() => setParams({ do: 'add' })}>
          {t('users.add')}
        </Button>
      }
    >
      {users.isError && <ErrorNotice error={users.error} onRetry={() => void users.refetch()} />}
      {users.isPending && <SkeletonRows rows={2} />}
      {users.data?.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('users.none')}
        </Text>
      )}
      {users.data && users.data.length > 0 && <UserTable users={users.data} onOpen={setOpen} />}
      <UserDialog
        open={open ?? (adding ? 'new' : null)}
        onClose={() => {
          setOpen(null)
          if (adding) setParams({ do: null })
        }}
      />
    </Section>
  )
}

function UserTable({ users, onOpen }: { users: readonly User[]; onOpen: (user: User) => void }) {
  const { t } = useTranslation(['servers', 'common'])
  return (
    <Table.ScrollContainer minWidth={560}>
      <Table aria-label={t('servers:users.title')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('servers:users.username')}</Table.Th>
            <Table.Th>{t('servers:users.role')}</Table.Th>
            <Table.Th>{t('servers:users.pools')}</Table.Th>
            <Table.Th>{t('servers:users.lastLogin')}</Table.Th>
            <Table.Th w={80}>
              <VisuallyHidden>{t('servers:users.actions')}</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {users.map((user) => (
            <Table.Tr key={user.id} {...(!user.active && { c: 'dimmed' })}>
              <Table.Td>
                <Text size="sm" fw={600}>
                  {user.username}
                </Text>
                <Text size="xs" c="dimmed">
                  {user.email}
                </Text>
              </Table.Td>
              <Table.Td>
                <Group gap={5}>
                  {t(`servers:users.roles.${user.role}`)}
                  {user.mayReveal && <Badge color="amber">{t('servers:users.reveals')}</Badge>}
                  {!user.active && <Badge color="gray">{t('servers:users.inactive')}</Badge>}
                </Group>
              </Table.Td>
              <Table.Td>
                {user.pools === null
                  ? t('servers:users.allPools')
                  : user.pools.length === 0
                    ? t('servers:users.noPools')
                    : user.pools.map(formatPool).join(', ')}
              </Table.Td>
              <Table.Td>
                <Ago at={user.lastLoginAt} />
              </Table.Td>
              <Table.Td>
                <Group gap={2} wrap="nowrap" justify="flex-end">
                  <ActionIcon
                    data-tip=""
                    variant="subtle"
                    color="gray"
                    aria-label={t('servers:users.editName', { name: user.username })}
                    onClick={() => onOpen(user)}
                  >
                    <IconPencil size={16} />
                  </ActionIcon>
                  <RemoveUser user={user} />
                </Group>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function RemoveUser({ user: { id, username } }: { user: User }) {
  const { t } = useTranslation(['servers', 'common'])
  const { client, orpc } = useApi()
  const label = t('servers:users.removeName', { name: username })
  const remove = useMutation({
    mutationFn: () => client.users.remove({ id }),
    onSuccess: (_answer, _input, _result, context) => {
      toastDone(t('servers:users.removed', { name: username }))
      return context.client.invalidateQueries({ queryKey: orpc.users.key() })
    },
    onError: (error) => toastError(error),
  })
  const ask = () =>
    modals.openConfirmModal({
      title: label,
      children: <Text size="sm">{t('servers:users.removeAsk', { name: username })}</Text>,
      labels: { confirm: t('servers:users.remove'), cancel: t('common:cancel') },
      confirmProps: { color: 'red' },
      closeButtonProps: { 'aria-label': t('common:close') },
      onConfirm: () => remove.mutate(),
    })
  return (
    <ActionIcon data-tip="" variant="subtle" color="red" onClick={ask} loading={remove.isPending} aria-label={label}>
      <IconTrash size={16} />
    </ActionIcon>
  )
}
