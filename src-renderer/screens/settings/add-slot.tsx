/** Adds one more way to open a sealed vault. */
import { Button, Group, SegmentedControl, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SlotInput, SlotKind } from '../../../src-preload/contract/index.ts'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { PasswordField } from '../../parts/password-field.tsx'
import { toastDone } from '../../parts/toast.tsx'
import { useApi } from '../../queries/api.tsx'

const shortest = 8

export interface AddSlotProps {
  /** The OS keychain can be used here. */
  keychain: boolean
  /** Ways that exist; of the keychain one is enough. */
  has: readonly SlotKind[]
}

export function AddSlot({ keychain, has }: AddSlotProps) {
  const { t } = useTranslation(['settings', 'common'])
  const { client, orpc } = useApi()
  const kinds: SlotKind[] = ['passphrase', 'key-file', ...(keychain && !has.includes('keychain') ? (['keychain'] as const) : [])]
  const [kind, setKind] = useState<SlotKind>(has.includes('passphrase') ? 'key-file' : 'passphrase')
  const [passphrase, setPassphrase] = useState('')
  const [repeat, setRepeat] = useState('')
  const [path, setPath] = useState('')
  const add = useMutation({
    mutationFn: (slot: SlotInput) => client.vault.addSlot(slot),
    onSuccess: (status, _slot, _result, context) => {
      context.client.setQueryData(orpc.vault.status.queryKey(), status)
      setPassphrase('')
      setRepeat('')
      setPath('')
      toastDone(t('settings:vault.slotAdded'))
    },
    // The input holds a passphrase: it must not stay behind.
    gcTime: 0,
  })
  const slot = (): SlotInput => {
    switch (kind) {
      case 'passphrase':
        return { kind, passphrase }
      case 'key-file':
        return { kind, ...(path.trim() ? { path: path.trim() } : {}) }
      case 'keychain':
        return { kind }
    }
  }
  const ready = kind !== 'passphrase' || (passphrase.length >= shortest && passphrase === repeat)
  return (
    <Stack
      component="form"
      gap="sm"
      maw={420}
      onSubmit={(event) => {
        event.preventDefault()
        if (ready) add.mutate(slot())
      }}
    >
      <SegmentedControl
        aria-label={t('settings:vault.kind')}
        value={kind}
        onChange={(value) => setKind(kinds.find((known) => known === value) ?? 'passphrase')}
        data={kinds.map((value) => ({ value, label: t(`common:slots.${value}`) }))}
      />
      {kind === 'passphrase' && (
        <>
          <PasswordField
            label={t('settings:vault.passphrase')}
            value={passphrase}
            onChange={(event) => setPassphrase(event.currentTarget.value)}
            error={passphrase !== '' && passphrase.length < shortest && t('settings:vault.tooShort')}
            autoComplete="new-password"
          />
          <PasswordField
            label={t('settings:vault.repeat')}
            value={repeat}
            onChange={(event) => setRepeat(event.currentTarget.value)}
            error={repeat !== '' && repeat !== passphrase && t('settings:vault.differs')}
            autoComplete="new-password"
          />
        </>
      )}
      {kind === 'key-file' && (
        <TextInput
          label={t('settings:vault.path')}
          description={t('settings:vault.pathHint')}
          value={path}
          onChange={(event) => setPath(event.currentTarget.value)}
        />
      )}
      {kind === 'keychain' && <Text size="sm">{t('settings:vault.keychainText')}</Text>}
      {add.error && <ErrorNotice error={add.error} />}
      <Group>
        <Button type="submit" disabled={!ready} loading={add.isPending}>
          {t('settings:vault.submit')}
        </Button>
      </Group>
    </Stack>
  )
}
