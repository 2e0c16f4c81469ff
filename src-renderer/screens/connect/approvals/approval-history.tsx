/** What programs asked for and what became of it, the newest first. */
import { Badge, Button, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Approval } from '../../../../src-preload/contract/index.ts'
import { Ago } from '../../../parts/ago.tsx'
import { ErrorNotice } from '../../../parts/error-notice.tsx'
import { Section } from '../../../parts/page.tsx'
import { useApi } from '../../../queries/api.tsx'
import clientClasses from '../clients/clients.module.css'
import { Asker } from './approval-cards.tsx'
import classes from './approvals.module.css'

const firstRows = 5
const colors = {
  pending: 'gray',
  approved: 'amber',
  connected: 'green',
  denied: 'gray',
  expired: 'gray',
} as const satisfies Record<Approval['state'], string>

/** Nothing while nobody has asked. */
export function ApprovalHistory({ onOpenClient }: { onOpenClient: (id: string) => void }) {
  const { t } = useTranslation('clients')
  const { orpc } = useApi()
  const [all, setAll] = useState(false)
  const approvals = useQuery(orpc.approvals.list.queryOptions())
  if (approvals.isError) return <ErrorNotice error={approvals.error} onRetry={() => void approvals.refetch()} />
  const decided = (approvals.data ?? []).filter(({ state }) => state !== 'pending')
  if (decided.length === 0) return null
  return (
    <Section title={t('approvals.history')} description={t('approvals.historyText')}>
      <Table.ScrollContainer minWidth={640}>
        <Table aria-label={t('approvals.history')}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('name')}</Table.Th>
              <Table.Th>{t('approvals.code')}</Table.Th>
              <Table.Th>{t('state')}</Table.Th>
              <Table.Th>{t('approvals.who')}</Table.Th>
              <Table.Th>{t('approvals.asked')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {(all ? decided : decided.slice(0, firstRows)).map((approval) => (
              <Row key={approval.id} approval={approval} onOpenClient={onOpenClient} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {!all && decided.length > firstRows && (
        <div>
          <Button size="compact-sm" variant="default" onClick={() => setAll(true)}>
            {t('approvals.more', { count: decided.length })}
          </Button>
        </div>
      )}
    </Section>
  )
}

function Row({ approval, onOpenClient }: { approval: Approval; onOpenClient: (id: string) => void }) {
  const { t } = useTranslation('clients')
  const { name, code, state, clientId, clientState, createdAt } = approval
  return (
    <Table.Tr>
      <Table.Td>
        {clientId === null ? (
          name
        ) : (
          <button
            type="button"
            className={clientClasses.name}
            onClick={() => onOpenClient(clientId)}
            aria-label={t('open', { name })}
          >
            {name}
          </button>
        )}
      </Table.Td>
      <Table.Td>
        <Text span size="sm" ff="monospace">
          {code}
        </Text>
      </Table.Td>
      <Table.Td className={classes.state}>
        <Badge color={colors[state]} title={t(`approvals.statesMean.${state}`)}>
          {t(`approvals.states.${state}`)}
        </Badge>
        {clientState !== null && clientState !== 'active' && (
          <Text size="xs" c="dimmed">
            {t(`approvals.since.${clientState}`)}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Asker approval={approval} />
      </Table.Td>
      <Table.Td className={classes.state}>
        <Ago at={createdAt} />
      </Table.Td>
    </Table.Tr>
  )
}
