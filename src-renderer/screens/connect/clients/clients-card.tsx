/** Clients: who may call, with which pools, how much of what it may use is left, and when it last did. */
import { Button, Table, Text, VisuallyHidden } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Client } from '../../../../src-preload/contract/index.ts'
import { ErrorNotice } from '../../../parts/error-notice.tsx'
import { Section } from '../../../parts/page.tsx'
import { SkeletonRows } from '../../../parts/skeletons.tsx'
import { useApi } from '../../../queries/api.tsx'
import { ClientRow } from './client-row.tsx'

export interface ClientsCardProps {
  onAdd: () => void
  onOpen: (client: Client) => void
}

export function ClientsCard({ onAdd, onOpen }: ClientsCardProps) {
  const { t } = useTranslation('clients')
  const { orpc } = useApi()
  const clients = useQuery(orpc.clients.list.queryOptions())
  return (
    <Section
      title={t('title')}
      description={t('text')}
      actions={
        <Button variant="default" leftSection={<IconPlus size={15} />} onClick={onAdd}>
          {t('add')}
        </Button>
      }
    >
      {clients.isError && <ErrorNotice error={clients.error} onRetry={() => void clients.refetch()} />}
      {clients.isPending && <SkeletonRows rows={2} />}
      {clients.data?.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('none')}
        </Text>
      )}
      {clients.data && clients.data.length > 0 && <ClientTable clients={clients.data} onOpen={onOpen} />}
    </Section>
  )
}

function ClientTable({ clients, onOpen }: { clients: readonly Client[]; onOpen: (client: Client) => void }) {
  const { t } = useTranslation('clients')
  return (
    <Table.ScrollContainer minWidth={860}>
      <Table aria-label={t('title')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('name')}</Table.Th>
            <Table.Th>{t('state')}</Table.Th>
            <Table.Th>{t('mayUse')}</Table.Th>
            <Table.Th w={210}>{t('quotas.title')}</Table.Th>
            <Table.Th>{t('budget')}</Table.Th>
            <Table.Th>{t('expires')}</Table.Th>
            <Table.Th>{t('seen')}</Table.Th>
            <Table.Th w={44}>
              <VisuallyHidden>{t('calls')}</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {clients.map((client) => (
            <ClientRow key={client.id} client={client} onOpen={() => onOpen(client)} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
