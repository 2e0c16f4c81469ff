/** One client in the table: what it may do, how much of its quotas is used, until when, and when it last called. */
import { ActionIcon, Group, Table, Text } from '@mantine/core'
import { IconActivity, IconAlertTriangle } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Client } from '../../../../src-preload/contract/index.ts'
import { formatDateTime, formatMoney, formatNames, formatPool } from '../../../format.ts'
import { Ago } from '../../../parts/ago.tsx'
import { LaneMark } from '../../../parts/lane-mark.tsx'
import { QuotaBar } from '../../../parts/quota-bar.tsx'
import { nearestQuota } from '../../../parts/quotas.ts'
import { hrefOf } from '../../../route.ts'
import { ClientState, useClientState } from './client-state.tsx'
import classes from './clients.module.css'

export function ClientRow({ client, onOpen }: { client: Client; onOpen: () => void }) {
  const { t, i18n } = useTranslation(['clients', 'common', 'fields'])
  const state = useClientState(client)
  const { name, tokenHint, budget, expiresAt, lastSeenAt } = client
  const traffic = t('clients:traffic', { name })
  return (
    <Table.Tr className={classes.row} data-state={state}>
      <Table.Td>
        <Group gap={5} wrap="nowrap">
          <button type="button" className={classes.name} onClick={onOpen} aria-label={t('clients:open', { name })}>
            {name}
          </button>
          <LaneMark lane={client.lane} />
        </Group>
        <Text size="xs" c="dimmed" ff="monospace">
          …{tokenHint}
        </Text>
      </Table.Td>
      <Table.Td>
        <ClientState client={client} />
      </Table.Td>
      <Table.Td>
        <Allowed client={client} />
      </Table.Td>
      <Table.Td>
        <Quotas client={client} />
      </Table.Td>
      <Table.Td className={classes.nowrap}>
        {budget
          ? t(`fields:budget.text.${budget.per}`, { money: formatMoney(Math.round(budget.usd * 1e9), i18n.language) })
          : t('common:none')}
      </Table.Td>
      <Table.Td>{expiresAt === null ? t('clients:noEnd') : formatDateTime(expiresAt, i18n.language)}</Table.Td>
      <Table.Td className={classes.nowrap}>
        <Ago at={lastSeenAt} />
      </Table.Td>
      <Table.Td>
        <ActionIcon
          data-tip=""
          component="a"
          href={hrefOf('traffic', { client: client.id })}
          variant="subtle"
          color="gray"
          aria-label={traffic}
        >
          <IconActivity size={16} />
        </ActionIcon>
      </Table.Td>
    </Table.Tr>
  )
}

/** Quiet where everything is allowed. */
function Allowed({ client: { pools, models } }: { client: Client }) {
  const { t, i18n } = useTranslation('clients')
  const names = pools?.map(formatPool).join(', ')
  return (
    <>
      {pools?.length === 0 ? (
        <span className={classes.none} title={t('noPoolsHint')}>
          <IconAlertTriangle size={14} aria-hidden />
          {t('noPools')}
        </span>
      ) : (
        <Text size="sm" inherit title={names} lineClamp={2}>
          {names ?? t('allPools')}
        </Text>
      )}
      {models && (
        <Text size="xs" c="dimmed" title={models.join(', ')} lineClamp={2}>
          {t('onlyModels', { models: formatNames(models, i18n.language) })}
        </Text>
      )}
    </>
  )
}

/** The nearest of them; the others are in the sheet. */
function Quotas({ client: { quotas } }: { client: Client }) {
  const { t } = useTranslation(['clients', 'common'])
  const nearest = nearestQuota(quotas)
  if (!nearest) return t('common:none')
  return (
    <>
      <QuotaBar quota={nearest} />
      {quotas.length > 1 && (
        <Text size="xs" c="dimmed">
          {t('clients:quotas.more', { count: quotas.length - 1 })}
        </Text>
      )}
    </>
  )
}
