/** Deletes what a client has used: all of it, or the days from one to another. */
import { Button, Group, Modal, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { IconEraser } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Client } from '../../../../src-preload/contract/index.ts'
import { localTimeOf } from '../../../parts/local-time.ts'
import type { ClientActions } from './use-client-actions.ts'

export function ForgetUsage({ client, actions }: { client: Client; actions: ClientActions }) {
  const { t } = useTranslation(['clients', 'common'])
  const [opened, setOpened] = useState(false)
  return (
    <>
      <Button
        size="compact-sm"
        variant="subtle"
        color="red"
        leftSection={<IconEraser size={14} />}
        onClick={() => setOpened(true)}
        loading={actions.busy}
      >
        {t('clients:usage.forget')}
      </Button>
      <Modal
        opened={opened}
        onClose={() => setOpened(false)}
        title={t('clients:usage.forgetTitle', client)}
        closeButtonProps={{ 'aria-label': t('common:close') }}
      >
        <Ask onCancel={() => setOpened(false)} onSubmit={(span) => (setOpened(false), void actions.forgetUsage(client, span))} />
      </Modal>
    </>
  )
}

interface AskProps {
  onCancel: () => void
  onSubmit: (span: { from?: number; to?: number }) => void
}

function Ask({ onCancel, onSubmit }: AskProps) {
  const { t } = useTranslation(['clients', 'common'])
  const [from, setFrom] = useState('')
  const [to, setTo] = useState('')
  const wrong = from !== '' && to !== '' && from > to
  // Noon is in the day wherever one is.
  const at = (day: string) => (day === '' ? null : localTimeOf(`${day}T12:00`))
  const submit = () => {
    const [first, last] = [at(from), at(to)]
    onSubmit({ ...(first === null ? {} : { from: first }), ...(last === null ? {} : { to: last }) })
  }
  return (
    <Stack gap="md">
      <SimpleGrid cols={2}>
        <TextInput
          type="date"
          label={t('clients:usage.forgetFrom')}
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
        <TextInput
          type="date"
          label={t('clients:usage.forgetTo')}
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
          error={wrong && t('clients:usage.forgetWrong')}
        />
      </SimpleGrid>
      <Text size="sm">{t(from === '' && to === '' ? 'clients:usage.forgetAsk' : 'clients:usage.forgetAskDays')}</Text>
      <Group justify="flex-end" gap="sm">
        <Button variant="default" onClick={onCancel}>
          {t('common:cancel')}
        </Button>
        <Button color="red" onClick={submit} disabled={wrong} data-autofocus>
          {t('clients:usage.forgetSubmit')}
        </Button>
      </Group>
    </Stack>
  )
}
