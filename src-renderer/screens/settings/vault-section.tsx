/** Vault: how keys are locked, whether it is open, and the ways to open it. */
import { ActionIcon, Alert, Button, Table, Text, Title } from '@mantine/core'
import { modals } from '@mantine/modals'
import { IconAlertTriangle, IconTrash } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { VaultSlot, VaultStatus } from '../../../src-preload/contract/index.ts'
import { formatDateTime } from '../../format.ts'
import { said } from '../../i18n/said.ts'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { Section } from '../../parts/page.tsx'
import { SkeletonRows } from '../../parts/skeletons.tsx'
import { toastDone, toastError } from '../../parts/toast.tsx'
import { useApi } from '../../queries/api.tsx'
import { navigate } from '../../route.ts'
import { UnlockForm } from '../../shell/unlock-dialog.tsx'
import { AddSlot } from './add-slot.tsx'
import { Facts } from './facts.tsx'

export function VaultSection() {
  const { t } = useTranslation('settings')
  const { orpc } = useApi()
  const answer = useQuery(orpc.vault.status.queryOptions())
  if (answer.isError) return <ErrorNotice error={answer.error} onRetry={() => void answer.refetch()} />
  if (!answer.data) return <SkeletonRows />
  const vault = answer.data
  return (
    <>
      <Section title={t('sections.vault')} description={t('vault.text')}>
        <VaultFacts vault={vault} />
        {vault.state === 'new' && (
          <div>
            <Button onClick={() => navigate('welcome')}>{t('vault.setUp')}</Button>
          </div>
        )}
      </Section>
      {vault.state === 'locked' && (
        <Section title={t('vault.unlockTitle')}>
          {/* Nothing to do afterwards: the state above changes. */}
          <UnlockForm onOpened={() => {}} />
        </Section>
      )}
      {vault.mode === 'sealed' && <Slots vault={vault} />}
    </>
  )
}

function VaultFacts({ vault }: { vault: VaultStatus }) {
  const { t } = useTranslation('settings')
  const { mode, state, message, records, keychain } = vault
  const available = t(keychain.available ? 'vault.keychainYes' : 'vault.keychainNo')
  return (
    <Facts
      facts={[
        ...(mode ? [[t('vault.mode'), t(`vault.modes.${mode}`)] as const] : []),
        [
          t('vault.state'),
          `${t(`vault.states.${state}`)}${state === 'unlocked' ? ` · ${t('vault.records', { count: records })}` : ''}`,
        ],
        ...(state === 'unlocked' || message === '' ? [] : [['', said(message)] as const]),
        [t('vault.keychain'), keychain.message ? `${available}: ${said(keychain.message)}` : available],
      ]}
    />
  )
}

function Slots({ vault }: { vault: VaultStatus }) {
  const { t, i18n } = useTranslation(['settings', 'common'])
  return (
    <Section title={t('settings:vault.slots')} description={t('settings:vault.slotsText')}>
      {vault.slots.length === 1 && (
        <Alert color="amber" icon={<IconAlertTriangle />}>
          {t('settings:vault.onlyOne')}
        </Alert>
      )}
      <Table aria-label={t('settings:vault.slots')}>
        <Table.Tbody>
          {vault.slots.map((slot) => (
            <Table.Tr key={slot.id}>
              <Table.Td>{t(`common:slots.${slot.kind}`)}</Table.Td>
              <Table.Td c="dimmed">{t('settings:vault.added', { time: formatDateTime(slot.createdAt, i18n.language) })}</Table.Td>
              <Table.Td w={44}>
                <RemoveSlot slot={slot} last={vault.slots.length === 1} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {vault.state === 'unlocked' && (
        <div>
          <Title order={3} mb="xs">
            {t('settings:vault.add')}
          </Title>
          <AddSlot keychain={vault.keychain.available} has={vault.slots.map(({ kind }) => kind)} />
        </div>
      )}
    </Section>
  )
}

function RemoveSlot({ slot, last }: { slot: VaultSlot; last: boolean }) {
  const { t } = useTranslation(['settings', 'common'])
  const { client, orpc } = useApi()
  const name = t(`common:slots.${slot.kind}`)
  const label = last ? t('settings:vault.onlyOne') : t('settings:vault.removeName', { name })
  const remove = useMutation({
    mutationFn: () => client.vault.removeSlot({ id: slot.id }),
    onSuccess: (status, _input, _result, context) => {
      context.client.setQueryData(orpc.vault.status.queryKey(), status)
      toastDone(t('settings:vault.removed'))
    },
    onError: (error) => toastError(error),
  })
  const ask = () =>
    modals.openConfirmModal({
      title: label,
      children: <Text size="sm">{t('settings:vault.removeAsk')}</Text>,
      labels: { confirm: t('settings:vault.remove'), cancel: t('common:cancel') },
      confirmProps: { color: 'red' },
      closeButtonProps: { 'aria-label': t('common:close') },
      onConfirm: () => remove.mutate(),
    })
  return (
    <ActionIcon
      data-tip=""
      variant="subtle"
      color="red"
      onClick={ask}
      disabled={last}
      loading={remove.isPending}
      aria-label={label}
    >
      <IconTrash size={16} />
    </ActionIcon>
  )
}
