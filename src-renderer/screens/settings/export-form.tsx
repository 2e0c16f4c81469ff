/** Export: what, for whom, with or without the keys themselves, as files. */
import { Alert, Button, Group, Input, Radio, SegmentedControl, Select, Stack, Text } from '@mantine/core'
import { modals } from '@mantine/modals'
import { IconAlertTriangle, IconDownload } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type ExportFormat, type ExportInput, exportFormats } from '../../../src-preload/contract/index.ts'
import { download } from '../../parts/download.ts'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { Section } from '../../parts/page.tsx'
import { PasswordField } from '../../parts/password-field.tsx'
import { PoolPicker } from '../../parts/pool-picker.tsx'
import { problemOf } from '../../parts/problem.ts'
import { toastDone } from '../../parts/toast.tsx'
import { useApi } from '../../queries/api.tsx'
import { openUnlock } from '../../shell/dialogs.ts'
import { exportedFilesOf } from './export-files.ts'
import { useFocused } from './use-focused.ts'

const whats = ['all', 'pools', 'keys'] as const satisfies ExportInput['what'][]
const secretsWays = ['none', 'sealed', 'clear'] as const satisfies ExportInput['secrets'][]
/** Longer than a vault's: the file may lie where anyone can try. */
const shortest = 12

export interface ExportFormProps {
  /** Only these keys, in a dialog of its own; absent = a part of Settings that asks what. */
  keys?: readonly string[]
  focused?: boolean
  onDone?: () => void
}

export function ExportForm({ keys, focused = false, onDone }: ExportFormProps) {
  const { t } = useTranslation(['settings', 'common'])
  const ref = useFocused(focused)
  const [format, setFormat] = useState<ExportFormat>('keywheel')
  const [what, setWhat] = useState<ExportInput['what']>(keys ? 'keys' : 'all')
  const [pool, setPool] = useState<string | null>(null)
  const [secrets, setSecrets] = useState<ExportInput['secrets']>('none')
  const [passphrase, setPassphrase] = useState('')
  const own = format === 'keywheel'
  const withKeys = !own || what !== 'pools'
  const sealed = withKeys && secrets === 'sealed'
  const clear = withKeys && secrets === 'clear'
  const [edition, setEdition] = useState(0)
  const save = useExport(() => {
    setPassphrase('')
    setEdition(edition + 1)
    onDone?.()
  })
  const locked = save.error !== null && problemOf(save.error).code === 'VAULT_LOCKED'
  const ready = !sealed || passphrase !== ''
  const input: ExportInput = {
    ...(own ? { what } : { format, what: 'keys', ...(pool !== null && { pool }) }),
    secrets: withKeys ? secrets : 'none',
    ...(keys && { keys: [...keys] }),
    ...(sealed && { passphrase }),
  }
  const submit = () => {
    if (!clear) return save.mutate(input)
    return modals.openConfirmModal({
      title: t('settings:export.clearTitle'),
      children: <Text size="sm">{t('settings:export.clearAsk')}</Text>,
      labels: { confirm: t('settings:export.clearSubmit'), cancel: t('common:cancel') },
      confirmProps: { color: 'red' },
      closeButtonProps: { 'aria-label': t('common:close') },
      onConfirm: () => save.mutate(input),
    })
  }
  const form = (
    <Stack
      component="form"
      maw={560}
      onSubmit={(event) => {
        event.preventDefault()
        if (ready) submit()
      }}
    >
      <Select
        label={t('settings:export.format')}
        description={keys && own ? undefined : t(`settings:export.formatsMean.${format}`)}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        data={exportFormats.map((name) => ({ value: name, label: t(`settings:export.formats.${name}`) }))}
        value={format}
        onChange={(chosen) => setFormat(exportFormats.find((name) => name === chosen) ?? format)}
        allowDeselect={false}
      />
      {!keys && own && (
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
      )}
      {!keys && !own && <PoolPicker value={pool} onChange={setPool} labelled />}
      {withKeys && <SecretsChoice value={secrets} onChange={setSecrets} />}
      {sealed && <Passphrase key={edition} onChange={setPassphrase} />}
      {clear && (
        <Alert color="amber" icon={<IconAlertTriangle />}>
          {t('settings:export.clearWarning')}
        </Alert>
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
  )
  if (keys) return form
  return (
    <div ref={ref}>
      <Section title={t('settings:export.title')} description={t('settings:export.text')}>
        {form}
      </Section>
    </div>
  )
}

function useExport(onDone: () => void) {
  const { t } = useTranslation('settings')
  const { client } = useApi()
  return useMutation({
    mutationFn: (input: ExportInput) => client.transfer.export(input),
    onSuccess: (answer, { what }) => {
      const files = exportedFilesOf(answer, what, new Date())
      for (const { name, type, text } of files) download(name, type, text)
      onDone()
      toastDone(t('export.done', { count: files.length }))
    },
    // The input may hold a passphrase, the answer keys: neither must stay behind.
    gcTime: 0,
  })
}

interface SecretsChoiceProps {
  value: ExportInput['secrets']
  onChange: (secrets: ExportInput['secrets']) => void
}

function SecretsChoice({ value, onChange }: SecretsChoiceProps) {
  const { t } = useTranslation('settings')
  return (
    <Radio.Group
      label={t('export.secrets')}
      value={value}
      onChange={(chosen) => onChange(secretsWays.find((known) => known === chosen) ?? value)}
    >
      <Stack gap="xs" mt={4}>
        {secretsWays.map((way) => (
          <Radio key={way} value={way} label={t(`export.secretsWays.${way}`)} description={t(`export.secretsMean.${way}`)} />
        ))}
      </Stack>
    </Radio.Group>
  )
}

/** Typed twice; gives back the passphrase once both agree and it is long enough, else ''. */
function Passphrase({ onChange }: { onChange: (passphrase: string) => void }) {
  const { t } = useTranslation('settings')
  const [passphrase, setPassphrase] = useState('')
  const [repeat, setRepeat] = useState('')
  const change = (first: string, second: string) => {
    setPassphrase(first)
    setRepeat(second)
    onChange(first.length >= shortest && first === second ? first : '')
  }
  return (
    <Group align="flex-start" grow>
      <PasswordField
        label={t('export.passphrase')}
        value={passphrase}
        onChange={(event) => change(event.currentTarget.value, repeat)}
        error={passphrase !== '' && passphrase.length < shortest && t('export.tooShort')}
        autoComplete="new-password"
      />
      <PasswordField
        label={t('export.repeat')}
        value={repeat}
        onChange={(event) => change(passphrase, event.currentTarget.value)}
        error={repeat !== '' && repeat !== passphrase && t('vault.differs')}
        autoComplete="new-password"
      />
    </Group>
  )
}
