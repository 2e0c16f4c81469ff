/** Clients: who may call, with which pools, and when it last did. */
import { ActionIcon, Button, Table, Text, Tooltip, VisuallyHidden } from '@mantine/core'
import { modals } from '@mantine/modals'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Client } from '../../../src-preload/contract/index.ts'
import { formatAge } from '../../format.ts'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { LaneMark } from '../../parts/lane-mark.tsx'
import { Section } from '../../parts/page.tsx'
import { SkeletonRows } from '../../parts/skeletons.tsx'
import { toastDone, toastError } from '../../parts/toast.tsx'
import { useNow } from '../../parts/use-now.ts'
import { useApi } from '../../queries/api.tsx'
import { hrefOf } from '../../route.ts'
import classes from './connect.module.css'

export function ClientsCard({ onAdd, onRevoked }: { onAdd: () => void; onRevoked: (id: string) => void }) {
  const { t } = useTranslation('connect')
  const { orpc } = useApi()
  const clients = useQuery(orpc.clients.list.queryOptions())
  return (
    <Section
      title={t('clients.title')}
      description={t('clients.text')}
      actions={
        <Button variant="default" leftSection={<IconPlus size={15} />} onClick={onAdd}>
          {t('clients.add')}
        </Button>
      }
    >
      {clients.isError && <ErrorNotice error={clients.error} onRetry={() => void clients.refetch()} />}
      {clients.isPending && <SkeletonRows rows={2} />}
      {clients.data?.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('clients.none')}
        </Text>
      )}
      {clients.data && clients.data.length > 0 && <ClientTable clients={clients.data} onRevoked={onRevoked} />}
    </Section>
  )
}

function ClientTable({ clients, onRevoked }: { clients: readonly Client[]; onRevoked: (id: string) => void }) {
  const { t } = useTranslation(['connect', 'common'])
  return (
    <Table.ScrollContainer minWidth={480}>
      <Table aria-label={t('connect:clients.title')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('connect:clients.name')}</Table.Th>
            <Table.Th>{t('connect:clients.token')}</Table.Th>
            <Table.Th>{t('connect:clients.pools')}</Table.Th>
            <Table.Th>{t('connect:clients.lane')}</Table.Th>
            <Table.Th>{t('connect:clients.seen')}</Table.Th>
            <Table.Th w={44}>
              <VisuallyHidden>{t('connect:clients.revoke')}</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {clients.map((client) => (
            <Table.Tr key={client.id}>
              <Table.Td>
                <a className={classes.link} href={hrefOf('traffic', { client: client.id })}>
                  {client.name}
                </a>
              </Table.Td>
              <Table.Td ff="monospace" fz="xs">
                …{client.tokenHint}
              </Table.Td>
              <Table.Td>{client.pools?.join(', ') ?? t('connect:clients.allPools')}</Table.Td>
              <Table.Td className={classes.nowrap} title={t(`common:lanesMean.${client.lane}`)}>
                <LaneMark lane={client.lane} /> {t(`common:lanes.${client.lane}`)}
              </Table.Td>
              <Table.Td className={classes.nowrap}>
                <Seen at={client.lastSeenAt} />
              </Table.Td>
              <Table.Td>
                <Revoke client={client} onRevoked={onRevoked} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Seen({ at }: { at: number | null }) {
  const { t, i18n } = useTranslation()
  const now = useNow()
  return at === null ? t('time.never') : t('time.ago', { time: formatAge(now - at, i18n.language) })
}

function Revoke({ client, onRevoked }: { client: Client; onRevoked: (id: string) => void }) {
  const { t } = useTranslation(['connect', 'common'])
  const { client: api, orpc } = useApi()
  const revoke = useMutation({
    mutationFn: () => api.clients.remove({ id: client.id }),
    onSuccess: (_answer, _input, _result, context) => {
      toastDone(t('connect:clients.revoked', { name: client.name }))
      onRevoked(client.id)
      return context.client.invalidateQueries({ queryKey: orpc.clients.key() })
    },
    onError: (error) => toastError(error),
  })
  const ask = () =>
    modals.openConfirmModal({
      title: t('connect:clients.revokeName', { name: client.name }),
      children: <Text size="sm">{t('connect:clients.revokeAsk', { name: client.name })}</Text>,
      labels: { confirm: t('connect:clients.revoke'), cancel: t('common:cancel') },
      confirmProps: { color: 'red' },
      closeButtonProps: { 'aria-label': t('common:close') },
      onConfirm: () => revoke.mutate(),
    })
  const label = t('connect:clients.revokeName', { name: client.name })
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="red" onClick={ask} loading={revoke.isPending} aria-label={label}>
        <IconTrash size={16} />
      </ActionIcon>
    </Tooltip>
  )
}
