/** Opens a locked vault: by passphrase, key file, or another try of the keychain. */
import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { said } from '../i18n/said.ts'
import { ErrorNotice } from '../parts/error-notice.tsx'
import { PasswordField } from '../parts/password-field.tsx'
import { toastDone } from '../parts/toast.tsx'
import { useApi } from '../queries/api.tsx'

export function UnlockDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Modal opened={opened} onClose={onClose} title={t('unlock.title')} closeButtonProps={{ 'aria-label': t('close') }}>
      <UnlockForm onOpened={onClose} />
    </Modal>
  )
}

/** The form alone, for Welcome and Settings. */
export function UnlockForm({ onOpened }: { onOpened: () => void }) {
  const { t } = useTranslation()
  const { client, orpc } = useApi()
  const vault = useQuery(orpc.vault.status.queryOptions()).data
  const [passphrase, setPassphrase] = useState('')
  const [keyFile, setKeyFile] = useState('')
  const has = (kind: string) => vault?.slots.some((slot) => slot.kind === kind) ?? false
  const unlock = useMutation({
    mutationFn: () => client.vault.unlock({ ...(passphrase && { passphrase }), ...(keyFile && { keyFile }) }),
    onSuccess: (status, _input, _result, context) => {
      context.client.setQueryData(orpc.vault.status.queryKey(), status)
      setPassphrase('')
      if (status.state !== 'unlocked') return
      toastDone(t('unlock.opened'))
      onOpened()
    },
  })
  return (
    <Stack
      component="form"
      gap="sm"
      onSubmit={(event) => {
        event.preventDefault()
        unlock.mutate()
      }}
    >
      <Text size="sm">{vault && said(vault.message)}</Text>
      {has('passphrase') && (
        <PasswordField
          label={t('unlock.passphrase')}
          value={passphrase}
          onChange={(event) => setPassphrase(event.currentTarget.value)}
          autoComplete="current-password"
          data-autofocus
        />
      )}
      {has('key-file') && (
        <TextInput label={t('unlock.keyFile')} value={keyFile} onChange={(event) => setKeyFile(event.currentTarget.value)} />
      )}
      {unlock.error && <ErrorNotice error={unlock.error} />}
      <Group justify="flex-end">
        <Button type="submit" loading={unlock.isPending}>
          {has('passphrase') || has('key-file') ? t('unlock.submit') : t('unlock.tryAgain')}
        </Button>
      </Group>
    </Stack>
  )
}
