/** Makes a client and shows its token, this once. */
import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { ClientCreated } from '../../../src-preload/contract/index.ts'
import { ClientForm } from './client-form.tsx'
import { CodeBlock } from './code-block.tsx'

export interface NewClientProps {
  opened: boolean
  /** The client just made; its token is nowhere else. */
  created: ClientCreated | null
  onCreated: (client: ClientCreated) => void
  onClose: () => void
}

export function NewClient({ opened, created, onCreated, onClose }: NewClientProps) {
  const { t } = useTranslation(['connect', 'common'])
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={created ? t('connect:clients.created', created) : t('connect:clients.add')}
      closeButtonProps={{ 'aria-label': t('common:close') }}
      // A click beside the dialog must not lose a token that is shown only once.
      closeOnClickOutside={created === null}
    >
      {created ? <Token client={created} onClose={onClose} /> : <ClientForm onCreated={onCreated} onClose={onClose} />}
    </Modal>
  )
}

function Token({ client, onClose }: { client: ClientCreated; onClose: () => void }) {
  const { t } = useTranslation(['connect', 'common'])
  return (
    <Stack gap="sm">
      <Alert color="green" icon={<IconCheck />}>
        {t('connect:clients.once')}
      </Alert>
      <CodeBlock title={t('connect:clients.token')} text={client.token} copyLabel={t('connect:clients.copyToken')} />
      <Text size="sm" c="dimmed">
        {t('connect:clients.inSnippets')}
      </Text>
      <Group justify="flex-end">
        <Button onClick={onClose}>{t('common:done')}</Button>
      </Group>
    </Stack>
  )
}
