/** Clients: who may call, with which pools, and when it last did. */
import { Button, Table, Text, VisuallyHidden } from '@mantine/core'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Client } from '../../../src-preload/contract/index.ts'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { Section } from '../../parts/page.tsx'
import { SkeletonRows } from '../../parts/skeletons.tsx'
import { useApi } from '../../queries/api.tsx'
import { ClientRow } from './client-row.tsx'

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
            <Table.Th>{t('connect:clients.mayUse')}</Table.Th>
            <Table.Th>{t('connect:clients.lane')}</Table.Th>
            <Table.Th>{t('connect:clients.ends')}</Table.Th>
            <Table.Th>{t('connect:clients.seen')}</Table.Th>
            <Table.Th w={80}>
              <VisuallyHidden>{t('connect:clients.revoke')}</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {clients.map((client) => (
            <ClientRow key={client.id} client={client} onRevoked={onRevoked} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
