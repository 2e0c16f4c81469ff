/** Export: what, with or without the keys themselves, as a file. */
import { Button, Group, Input, PasswordInput, Radio, SegmentedControl, Stack } from '@mantine/core'
import { IconDownload } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ExportInput } from '../../../src-preload/contract/index.ts'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { Section } from '../../parts/page.tsx'
import { problemOf } from '../../parts/problem.ts'
import { toastDone } from '../../parts/toast.tsx'
import { useApi } from '../../queries/api.tsx'
import { openUnlock } from '../../shell/dialogs.ts'
import { download } from '../traffic/download.ts'
import { useFocused } from './use-focused.ts'

const whats = ['all', 'pools', 'keys'] as const satisfies ExportInput['what'][]
/** Longer than a vault's: the file may lie where anyone can try. */
const shortest = 12

export function ExportForm({ focused }: { focused: boolean }) {
  const { t } = useTranslation(['settings', 'common'])
  const { client } = useApi()
  const ref = useFocused(focused)
  const [what, setWhat] = useState<ExportInput['what']>('all')
  const [secrets, setSecrets] = useState<ExportInput['secrets']>('none')
  const [passphrase, setPassphrase] = useState('')
  const [repeat, setRepeat] = useState('')
  const sealed = secrets === 'sealed' && what !== 'pools'
  const save = useMutation({
    mutationFn: () => client.transfer.export({ what, ...(sealed ? { secrets: 'sealed', passphrase } : { secrets: 'none' }) }),
    onSuccess: (document) => {
      download(
        `keywheel-${what}-${new Date().toISOString().slice(0, 10)}.json`,
        'application/json',
        `${JSON.stringify(document, null, 2)}\n`,
      )
      setPassphrase('')
      setRepeat('')
      toastDone(t('settings:export.done'))
    },
    gcTime: 0,
  })
  const locked = save.error !== null && problemOf(save.error).code === 'VAULT_LOCKED'
  const ready = !sealed || (passphrase.length >= shortest && passphrase === repeat)
  return (
    <div ref={ref}>
      <Section title={t('settings:export.title')} description={t('settings:export.text')}>
        <Stack
          component="form"
          maw={560}
          onSubmit={(event) => {
            event.preventDefault()
            if (ready) save.mutate()
          }}
        >
          <Input.Wrapper label={t('settings:export.what')} labelElement="div">
            <div>
              <SegmentedControl
                aria-label={t('settings:export.what')}
                value={what}
                onChange={(value) => setWhat(whats.find((known) => known === value) ?? 'all')}
                data={whats.map((value) => ({ value, label: t(`settings:export.whats.${value}`) }))}
              />
            </div>
          </Input.Wrapper>
          {what !== 'pools' && (
            <Radio.Group
              label={t('settings:export.secrets')}
              value={secrets}
              onChange={(value) => setSecrets(value === 'sealed' ? 'sealed' : 'none')}
            >
              <Stack gap="xs" mt={4}>
                <Radio value="none" label={t('settings:export.secretsNone')} description={t('settings:export.secretsNoneHint')} />
                <Radio
                  value="sealed"
                  label={t('settings:export.secretsSealed')}
                  description={t('settings:export.secretsSealedHint')}
                />
              </Stack>
            </Radio.Group>
          )}
          {sealed && (
            <Group align="flex-start" grow>
              <PasswordInput
                label={t('settings:export.passphrase')}
                value={passphrase}
                onChange={(event) => setPassphrase(event.currentTarget.value)}
                error={passphrase !== '' && passphrase.length < shortest && t('settings:export.tooShort')}
                autoComplete="new-password"
              />
              <PasswordInput
                label={t('settings:export.repeat')}
                value={repeat}
                onChange={(event) => setRepeat(event.currentTarget.value)}
                error={repeat !== '' && repeat !== passphrase && t('settings:vault.differs')}
                autoComplete="new-password"
              />
            </Group>
          )}
          {save.error && (
            <ErrorNotice error={save.error} {...(locked && { action: { label: t('common:banner.unlock'), run: openUnlock } })} />
          )}
          <Group>
            <Button type="submit" leftSection={<IconDownload size={15} />} disabled={!ready} loading={save.isPending}>
              {t('settings:export.submit')}
            </Button>
          </Group>
        </Stack>
      </Section>
    </div>
  )
}
