/** How a client stands now, and the buttons for its token. */
import { Button, Group, Stack, Text } from '@mantine/core'
import { modals } from '@mantine/modals'
import { IconBan, IconRefresh, IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Client, ClientCreated } from '../../../../src-preload/contract/index.ts'
import { formatDateTime } from '../../../format.ts'
import { Ago } from '../../../parts/ago.tsx'
import { ClientState } from './client-state.tsx'
import type { ClientActions } from './use-client-actions.ts'

export interface ClientStandingProps {
  client: Client
  actions: ClientActions
  onToken: (client: ClientCreated) => void
  onRemoved: () => void
}

export function ClientStanding({ client, actions, onToken, onRemoved }: ClientStandingProps) {
  const { t, i18n } = useTranslation(['clients', 'common'])
  const { tokenHint, createdAt, lastSeenAt } = client
  const ask = (what: 'rotate' | 'revoke' | 'remove', run: () => Promise<void>) =>
    modals.openConfirmModal({
      title: t(`clients:${what}Title`, client),
      children: <Text size="sm">{t(`clients:${what}Ask`, client)}</Text>,
      labels: { confirm: t(`clients:${what}Submit`), cancel: t('common:cancel') },
      ...(what !== 'rotate' && { confirmProps: { color: 'red' } }),
      closeButtonProps: { 'aria-label': t('common:close') },
      onConfirm: () => void run(),
    })
  const rotate = async () => {
    const renewed = await actions.rotate(client)
    if (renewed) onToken(renewed)
  }
  const remove = async () => {
    if (await actions.remove(client)) onRemoved()
  }
  return (
    <Stack gap="xs">
      <Group gap="md">
        <ClientState client={client} />
        <Text size="sm" c="dimmed">
          {t('clients:tokenHint', { hint: tokenHint })}
        </Text>
        <Text size="sm" c="dimmed">
          {t('clients:made', { at: formatDateTime(createdAt, i18n.language) })}
        </Text>
        <Text size="sm" c="dimmed">
          {t('clients:seen')}: <Ago at={lastSeenAt} />
        </Text>
      </Group>
      <Group gap="xs">
        {client.state !== 'revoked' && (
          <>
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconRefresh size={14} />}
              onClick={() => ask('rotate', rotate)}
            >
              {t('clients:rotate')}
            </Button>
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconBan size={14} />}
              onClick={() => ask('revoke', async () => void (await actions.revoke(client)))}
            >
              {t('clients:revoke')}
            </Button>
          </>
        )}
        <Button
          size="compact-sm"
          variant="subtle"
          color="red"
          leftSection={<IconTrash size={14} />}
          onClick={() => ask('remove', remove)}
        >
          {t('clients:remove')}
        </Button>
      </Group>
    </Stack>
  )
}
