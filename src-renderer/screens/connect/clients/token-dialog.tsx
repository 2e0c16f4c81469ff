/** A client's token, shown this once. */
import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { ClientCreated } from '../../../../src-preload/contract/index.ts'
import { CodeBlock } from '../code-block.tsx'

export interface TokenDialogProps {
  /** Just made, or with a new token; the token is nowhere else. Null = closed. */
  client: ClientCreated | null
  onClose: () => void
}

export function TokenDialog({ client, onClose }: TokenDialogProps) {
  const { t } = useTranslation(['clients', 'common'])
  return (
    <Modal
      opened={client !== null}
      onClose={onClose}
      title={client && t('clients:tokenOf', client)}
      closeButtonProps={{ 'aria-label': t('common:close') }}
      // A click beside the dialog must not lose a token that is shown only once.
      closeOnClickOutside={false}
    >
      {client && (
        <Stack gap="sm">
          <Alert color="green" icon={<IconCheck />}>
            {t('clients:once')}
          </Alert>
          <CodeBlock title={t('clients:token')} text={client.token} copyLabel={t('clients:copyToken')} />
          <Text size="sm" c="dimmed">
            {t('clients:inSnippets')}
          </Text>
          <Group justify="flex-end">
            <Button onClick={onClose}>{t('common:done')}</Button>
          </Group>
        </Stack>
      )}
    </Modal>
  )
}
