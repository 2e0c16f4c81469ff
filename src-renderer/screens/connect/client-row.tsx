/** One client: what it may do, until when, and when it last called. */
import { ActionIcon, Badge, Button, Group, Modal, Stack, Table, Text, TextInput, Tooltip } from '@mantine/core'
import { modals } from '@mantine/modals'
import { IconClockPlus, IconTrash } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Client } from '../../../src-preload/contract/index.ts'
import { formatAge, formatDateTime, formatMoney } from '../../format.ts'
import { LaneMark } from '../../parts/lane-mark.tsx'
import { localTimeOf, localTimeText } from '../../parts/local-time.ts'
import { fieldErrors } from '../../parts/problem.ts'
import { toastDone, toastError } from '../../parts/toast.tsx'
import { useNow } from '../../parts/use-now.ts'
import { useApi } from '../../queries/api.tsx'
import { hrefOf } from '../../route.ts'
import classes from './connect.module.css'

export interface ClientRowProps {
  client: Client
  onRevoked: (id: string) => void
}

export function ClientRow({ client, onRevoked }: ClientRowProps) {
  const { t } = useTranslation(['connect', 'common'])
  const now = useNow()
  const expired = client.expiresAt !== null && client.expiresAt <= now
  return (
    <Table.Tr className={classes.client} data-expired={expired || undefined}>
      <Table.Td>
        <a className={classes.link} href={hrefOf('traffic', { client: client.id })}>
          {client.name}
        </a>
        <Text size="xs" c="dimmed" ff="monospace">
          …{client.tokenHint}
        </Text>
      </Table.Td>
      <Table.Td>
        <Allowed client={client} />
      </Table.Td>
      <Table.Td className={classes.nowrap} title={t(`common:lanesMean.${client.lane}`)}>
        <LaneMark lane={client.lane} /> {t(`common:lanes.${client.lane}`)}
      </Table.Td>
      <Table.Td>
        <Ends client={client} expired={expired} />
      </Table.Td>
      <Table.Td className={classes.nowrap}>
        <Seen at={client.lastSeenAt} now={now} />
      </Table.Td>
      <Table.Td className={classes.nowrap}>
        {client.expiresAt !== null && <Renew client={client} />}
        <Revoke client={client} onRevoked={onRevoked} />
      </Table.Td>
    </Table.Tr>
  )
}

/** Quiet where everything is allowed. */
function Allowed({ client: { pools, models, budget } }: { client: Client }) {
  const { t, i18n } = useTranslation(['connect', 'fields'])
  const money = budget && formatMoney(Math.round(budget.usd * 1e9), i18n.language)
  return (
    <>
      <div>{pools?.join(', ') ?? t('connect:clients.allPools')}</div>
      {models && (
        <Text size="xs" c="dimmed" title={models.join(', ')} lineClamp={2}>
          {t('connect:clients.onlyModels', { models: models.join(', ') })}
        </Text>
      )}
      {budget && money && (
        <Text size="xs" c="dimmed">
          {t(`fields:budget.text.${budget.per}`, { money })}
        </Text>
      )}
    </>
  )
}

function Ends({ client: { expiresAt }, expired }: { client: Client; expired: boolean }) {
  const { t, i18n } = useTranslation(['connect', 'common'])
  if (expiresAt === null) return <span className={classes.nowrap}>{t('common:time.never')}</span>
  const at = formatDateTime(expiresAt, i18n.language)
  if (!expired) return at
  return (
    <Tooltip label={t('connect:clients.expiredAt', { at })}>
      <Badge color="red">{t('connect:clients.expired')}</Badge>
    </Tooltip>
  )
}

function Seen({ at, now }: { at: number | null; now: number }) {
  const { t, i18n } = useTranslation()
  return at === null ? t('time.never') : t('time.ago', { time: formatAge(now - at, i18n.language) })
}

function Renew({ client }: { client: Client }) {
  const { t } = useTranslation(['connect', 'common'])
  const { client: api, orpc } = useApi()
  const [opened, setOpened] = useState(false)
  const [ends, setEnds] = useState('')
  const renew = useMutation({
    mutationFn: (expiresAt: number) => api.clients.renew({ id: client.id, expiresAt }),
    onSuccess: (_answer, _input, _result, context) => {
      toastDone(t('connect:clients.renewed', { name: client.name }))
      setOpened(false)
      return context.client.invalidateQueries({ queryKey: orpc.clients.key() })
    },
  })
  const open = () => {
    setEnds(localTimeText(client.expiresAt))
    renew.reset()
    setOpened(true)
  }
  const at = localTimeOf(ends)
  const label = t('connect:clients.renewName', { name: client.name })
  const problem = renew.error && (fieldErrors(renew.error)['expiresAt'] ?? renew.error.message)
  return (
    <>
      <Tooltip label={label}>
        <ActionIcon variant="subtle" color="gray" onClick={open} aria-label={label}>
          <IconClockPlus size={16} />
        </ActionIcon>
      </Tooltip>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={label}
        closeButtonProps={{ 'aria-label': t('common:close') }}
      >
        <Stack
          component="form"
          gap="md"
          onSubmit={(event) => {
            event.preventDefault()
            if (at !== null) renew.mutate(at)
          }}
        >
          <TextInput
            type="datetime-local"
            label={t('connect:clients.expires')}
            value={ends}
            onChange={(event) => setEnds(event.currentTarget.value)}
            error={problem}
            data-autofocus
          />
          <Group justify="flex-end">
            <Button type="submit" disabled={at === null} loading={renew.isPending}>
              {t('connect:clients.renew')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  )
}

function Revoke({ client, onRevoked }: ClientRowProps) {
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
