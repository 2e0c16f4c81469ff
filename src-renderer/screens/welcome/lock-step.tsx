/** How keys shall be locked: asked only where nothing was chosen yet. */
import { Button, Group, Radio, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { SlotKind, VaultCreate, VaultStatus } from '../../../src-preload/contract/index.ts'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { PasswordField } from '../../parts/password-field.tsx'
import { useApi } from '../../queries/api.tsx'
import classes from './welcome.module.css'

const texts = {
  keychain: ['lock.keychain', 'lock.keychainText'],
  passphrase: ['lock.passphrase', 'lock.passphraseText'],
  'key-file': ['lock.keyFile', 'lock.keyFileText'],
} as const satisfies Record<SlotKind, readonly [string, string]>

export function LockStep({ vault }: { vault: VaultStatus }) {
  const { t } = useTranslation(['welcome'])
  const { client, orpc } = useApi()
  const cache = useQueryClient()
  const shell = useQuery(orpc.system.info.queryOptions()).data?.shell
  const kinds: SlotKind[] = vault.keychain.available ? ['keychain', 'passphrase', 'key-file'] : ['passphrase', 'key-file']
  const [kind, setKind] = useState<SlotKind>(kinds[0] ?? 'passphrase')
  const [passphrase, setPassphrase] = useState('')
  const [repeated, setRepeated] = useState('')
  const [path, setPath] = useState('')
  const [state, setState] = useState<{ error: unknown; busy: boolean }>({ error: null, busy: false })
  const differ = repeated !== '' && repeated !== passphrase
  const ready = kind !== 'passphrase' || (passphrase.length >= 8 && repeated === passphrase)

  // Not a mutation: the query cache would keep the passphrase.
  const submit = async () => {
    setState({ error: null, busy: true })
    try {
      cache.setQueryData(
        orpc.vault.status.queryKey(),
        await client.vault.create(createInput(kind, shell === 'desktop', passphrase, path)),
      )
      setState({ error: null, busy: false })
    } catch (error) {
      setState({ error, busy: false })
    }
  }
  return (
    <Stack
      component="form"
      gap="md"
      onSubmit={(event) => {
        event.preventDefault()
        if (ready) void submit()
      }}
    >
      <Text size="sm">{t('lock.text')}</Text>
      <Radio.Group
        value={kind}
        onChange={(value) => setKind(kinds.find((known) => known === value) ?? kind)}
        aria-label={t('lock.how')}
      >
        <SimpleGrid cols={{ base: 1, xs: kinds.length }}>
          {kinds.map((name) => (
            <Radio.Card key={name} value={name} className={classes.choice}>
              <Group wrap="nowrap" align="flex-start" gap="sm">
                <Radio.Indicator size="xs" mt={3} />
                <div>
                  <Text size="sm" fw={600}>
                    {t(texts[name][0])}
                  </Text>
                  <Text size="sm" c="dimmed">
                    {t(texts[name][1])}
                  </Text>
                </div>
              </Group>
            </Radio.Card>
          ))}
        </SimpleGrid>
      </Radio.Group>
      {kind === 'passphrase' && (
        <SimpleGrid cols={{ base: 1, xs: 2 }}>
          <PasswordField
            label={t('lock.newPassphrase')}
            description={t('lock.minimum')}
            inputWrapperOrder={['label', 'input', 'description', 'error']}
            value={passphrase}
            onChange={(event) => setPassphrase(event.currentTarget.value)}
            autoComplete="new-password"
          />
          <PasswordField
            label={t('lock.repeat')}
            value={repeated}
            onChange={(event) => setRepeated(event.currentTarget.value)}
            error={differ && t('lock.differ')}
            autoComplete="new-password"
          />
        </SimpleGrid>
      )}
      {kind === 'key-file' && (
        <TextInput
          label={t('lock.path')}
          description={t('lock.pathHelp')}
          value={path}
          onChange={(event) => setPath(event.currentTarget.value)}
          spellCheck={false}
        />
      )}
      {state.error !== null && <ErrorNotice error={state.error} />}
      <Group justify="flex-end">
        <Button type="submit" disabled={!ready} loading={state.busy}>
          {t('lock.submit')}
        </Button>
      </Group>
    </Stack>
  )
}

/** On a desktop the keychain holds each key; elsewhere it holds only the key of a sealed vault. */
function createInput(kind: SlotKind, desktop: boolean, passphrase: string, path: string): VaultCreate {
  if (kind === 'keychain') return desktop ? { mode: 'keychain' } : { mode: 'sealed', slot: { kind } }
  if (kind === 'passphrase') return { mode: 'sealed', slot: { kind, passphrase } }
  return { mode: 'sealed', slot: { kind, ...(path.trim() && { path: path.trim() }) } }
}
