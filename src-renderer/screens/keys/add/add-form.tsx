/** One box for anything that holds keys, with a preview, and the pool they go to. */
import { Alert, Button, FileButton, Group, Stack, TagsInput, Text, Textarea } from '@mantine/core'
import { IconFileImport } from '@tabler/icons-react'
import { type DragEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Pool, Provider } from '../../../../src-preload/contract/index.ts'
import { ErrorNotice } from '../../../parts/error-notice.tsx'
import { fieldErrors, problemOf } from '../../../parts/problem.ts'
import { openUnlock } from '../../../shell/dialogs.ts'
import { TaskProgress } from '../../../tasks/task-progress.tsx'
import classes from './add.module.css'
import { Catalogue } from './catalogue.tsx'
import { readKeyFiles } from './dropped-file.ts'
import { KeyBox } from './key-box.tsx'
import { type KeyText, noText, withFiles } from './key-text.ts'
import { PoolChoice } from './pool-choice.tsx'
import { PreviewTable } from './preview-table.tsx'
import { isMixed, type Part, placesFor, splitKeys } from './split.ts'
import { SplitTable } from './split-table.tsx'
import { firstTarget, newTarget, providerOf, type Target, withGuess } from './target.ts'
import { usePreview } from './use-preview.ts'

export interface AddFormProps {
  pools: readonly Pool[]
  providers: readonly Provider[]
  /** The pool to offer first; null = the first that is there, or a new one. */
  pool: string | null
  initial?: KeyText
  busy: boolean
  error: unknown
  /** `parts`: which keys go where when the target is several pools. */
  onSubmit: (content: KeyText, target: Target, parts: readonly Part[], tags: readonly string[]) => void
}

export function AddForm({ pools, providers, pool, initial = noText, busy, error, onSubmit }: AddFormProps) {
  const { t } = useTranslation(['keys', 'common'])
  // One object, so that a preview belongs to what was read.
  const [content, setContent] = useState(initial)
  const [tags, setTags] = useState<string[]>([])
  const [tooLarge, setTooLarge] = useState(false)
  const [chosen, setTarget] = useState<Target>(() => firstTarget(pools, pool))
  // What is new is asked of the pool that the keys would go to, and that follows from what they are.
  const [asked, setAsked] = useState(slugOfTarget(chosen))
  const preview = usePreview(content, asked)
  const counts = preview.data?.providers ?? []
  const target = withGuess(chosen, counts, pools)
  if (slugOfTarget(target) !== asked) setAsked(slugOfTarget(target))
  const parts = target.kind === 'split' ? splitKeys(counts, target.choices, pools, providers) : []
  const count = preview.data?.new ?? 0

  const take = async (files: readonly File[]) => {
    const texts = await readKeyFiles(files)
    setTooLarge(texts === null)
    if (texts !== null) setContent((before) => withFiles(before, texts))
  }
  const onDrop = (event: DragEvent) => {
    const files = [...event.dataTransfer.files]
    if (files.length === 0) return
    event.preventDefault()
    event.stopPropagation()
    void take(files)
  }
  return (
    <Stack
      component="form"
      gap="md"
      onSubmit={(event) => {
        event.preventDefault()
        if (count > 0 && !preview.pending) onSubmit(content, target, parts, tags)
      }}
    >
      <Stack gap={6} onDrop={onDrop} onDragOver={(event) => event.preventDefault()}>
        <KeyBox value={content.text} onChange={(text) => setContent((before) => ({ ...before, text }))} />
        {(content.env !== '' || preview.data?.format === 'keys-json') && (
          <Textarea
            label={t('sheet.env')}
            description={t('sheet.envHelp')}
            value={content.env}
            onChange={(event) => setContent({ ...content, env: event.currentTarget.value })}
            autosize
            minRows={2}
            maxRows={6}
            classNames={{ input: classes.box }}
            autoComplete="off"
            spellCheck={false}
          />
        )}
        <Group justify="space-between">
          <FileButton multiple onChange={(files) => void take(files)}>
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
      <PoolChoice
        pools={pools}
        providers={providers}
        value={target}
        mixed={isMixed(counts)}
        onChange={setTarget}
        errors={fieldErrors(error)}
      />
      {target.kind === 'split' && (
        <SplitTable
          parts={parts}
          places={placesFor(counts, pools, providers)}
          pools={pools}
          providers={providers}
          onChange={(provider, place) =>
            setTarget({ ...target, choices: { ...target.choices, [provider]: place }, chosen: true })
          }
        />
      )}
      <Mismatch guess={preview.data?.provider ?? null} provider={providerOf(target, pools)} providers={providers} />
      <Catalogue
        providers={providers}
        chosen={target.kind === 'new' ? target.provider : undefined}
        onChoose={(provider) => setTarget({ ...newTarget, provider, chosen: true })}
      />
      <TagsInput label={t('sheet.tags')} value={tags} onChange={setTags} maxTags={32} />
      {error !== null && <Failure error={error} />}
      <Group justify="flex-end" className={classes.foot}>
        {busy && <TaskProgress kind="keys.import" />}
        <Button type="submit" loading={busy} disabled={count === 0 || preview.pending || !complete(target, parts, providers)}>
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

const slugOfTarget = (target: Target) => (target.kind === 'existing' ? target.slug : null)

function complete(target: Target, parts: readonly Part[], providers: readonly Provider[]): boolean {
  if (target.kind === 'existing') return true
  if (target.kind === 'split') return parts.length > 0
  const provider = providers.find((entry) => entry.id === target.provider)
  return provider !== undefined && (provider.baseUrl !== null || target.baseUrl.trim() !== '')
}
