/** One box for anything that holds keys, with a preview, and the pool they go to. */
import { Alert, Button, FileButton, Group, Stack, TagsInput, Text, Textarea } from '@mantine/core'
import { IconFileImport } from '@tabler/icons-react'
import { type DragEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Pool, Provider } from '../../../../src-preload/contract/index.ts'
import { ErrorNotice } from '../../../parts/error-notice.tsx'
import { fieldErrors, problemOf } from '../../../parts/problem.ts'
import { openUnlock } from '../../../shell/dialogs.ts'
import classes from './add.module.css'
import { Catalogue } from './catalogue.tsx'
import { readKeyFile } from './dropped-file.ts'
import { PoolChoice } from './pool-choice.tsx'
import { PreviewTable } from './preview-table.tsx'
import { firstTarget, newTarget, providerOf, type Target, withGuess } from './target.ts'
import { usePreview } from './use-preview.ts'

export interface AddFormProps {
  pools: readonly Pool[]
  providers: readonly Provider[]
  /** The pool to offer first; null = the first that is there, or a new one. */
  pool: string | null
  initialText?: string
  busy: boolean
  error: unknown
  onSubmit: (text: string, target: Target, tags: readonly string[]) => void
}

export function AddForm({ pools, providers, pool, initialText = '', busy, error, onSubmit }: AddFormProps) {
  const { t } = useTranslation(['keys', 'common'])
  const [text, setText] = useState(initialText)
  const [tags, setTags] = useState<string[]>([])
  const [tooLarge, setTooLarge] = useState(false)
  const [chosen, setTarget] = useState<Target>(() => firstTarget(pools, pool))
  const preview = usePreview(text, chosen.kind === 'existing' ? chosen.slug : null)
  const guess = preview.data?.provider ?? null
  const target = withGuess(chosen, guess, pools)
  const count = preview.data?.new ?? 0

  const take = async (file: File | null | undefined) => {
    if (!file) return
    const content = await readKeyFile(file)
    setTooLarge(content === null)
    if (content !== null) setText((before) => (before.trim() ? `${before.trimEnd()}\n${content}` : content))
  }
  const onDrop = (event: DragEvent) => {
    const [file] = event.dataTransfer.files
    if (!file) return
    event.preventDefault()
    event.stopPropagation()
    void take(file)
  }
  return (
    <Stack
      component="form"
      gap="md"
      onSubmit={(event) => {
        event.preventDefault()
        if (count > 0 && !preview.pending) onSubmit(text, target, tags)
      }}
    >
      <Stack gap={6} onDrop={onDrop} onDragOver={(event) => event.preventDefault()}>
        <Textarea
          label={t('sheet.box')}
          description={t('sheet.boxHelp')}
          placeholder={t('sheet.placeholder')}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          autosize
          minRows={5}
          maxRows={10}
          classNames={{ input: classes.box }}
          autoComplete="off"
          spellCheck={false}
          data-autofocus
        />
        <Group justify="space-between">
          <FileButton onChange={(file) => void take(file)}>
            {(props) => (
              <Button {...props} variant="subtle" size="compact-sm" leftSection={<IconFileImport size={15} />}>
                {t('sheet.file')}
              </Button>
            )}
          </FileButton>
          {tooLarge && (
            <Text size="sm" c="var(--mantine-color-error)" role="alert">
              {t('sheet.tooLarge')}
            </Text>
          )}
        </Group>
      </Stack>
      <PreviewArea preview={preview} providers={providers} />
      <Catalogue
        providers={providers}
        chosen={target.kind === 'new' ? target.provider : undefined}
        onChoose={(provider) => setTarget({ ...newTarget, provider, chosen: true })}
      />
      <PoolChoice pools={pools} providers={providers} value={target} onChange={setTarget} errors={fieldErrors(error)} />
      <Mismatch guess={guess} provider={providerOf(target, pools)} providers={providers} />
      <TagsInput label={t('sheet.tags')} value={tags} onChange={setTags} maxTags={32} />
      {error !== null && <Failure error={error} />}
      <Group justify="flex-end">
        <Button type="submit" loading={busy} disabled={count === 0 || preview.pending || !complete(target, providers)}>
          {count > 0 ? t('sheet.submit', { count }) : t('sheet.submitNone')}
        </Button>
      </Group>
    </Stack>
  )
}

function PreviewArea({ preview, providers }: { preview: ReturnType<typeof usePreview>; providers: readonly Provider[] }) {
  const { t } = useTranslation(['keys'])
  if (preview.error) return <Failure error={preview.error} onRetry={preview.retry} />
  if (preview.data && preview.data.rows.length > 0) return <PreviewTable preview={preview.data} providers={providers} />
  if (!preview.data && !preview.pending) return null
  return (
    <Text size="sm" c="dimmed" role="status">
      {preview.pending ? t('sheet.reading') : t('sheet.nothing')}
    </Text>
  )
}

function Failure({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation(['common'])
  const locked = problemOf(error).code === 'VAULT_LOCKED'
  if (locked) return <ErrorNotice error={error} action={{ label: t('banner.unlock'), run: openUnlock }} />
  return <ErrorNotice error={error} {...(onRetry && { onRetry })} />
}

interface MismatchProps {
  /** What the keys look like. */
  guess: string | null
  /** Whose keys the chosen pool takes. */
  provider: string | undefined
  providers: readonly Provider[]
}

/** A warning and not an error: gateways give out keys that look like another provider's. */
function Mismatch({ guess, provider, providers }: MismatchProps) {
  const { t } = useTranslation(['keys'])
  if (
    guess === null ||
    provider === undefined ||
    guess === provider ||
    !providers.some(({ id, baseUrl }) => id === provider && baseUrl)
  )
    return null
  const nameOf = (id: string) => providers.find((entry) => entry.id === id)?.name ?? id
  return (
    <Alert color="amber" p="xs" role="status">
      {t('sheet.mismatch', { guess: nameOf(guess), provider: nameOf(provider) })}
    </Alert>
  )
}

function complete(target: Target, providers: readonly Provider[]): boolean {
  if (target.kind === 'existing') return true
  const provider = providers.find((entry) => entry.id === target.provider)
  return provider !== undefined && (provider.baseUrl !== null || target.baseUrl.trim() !== '')
}
