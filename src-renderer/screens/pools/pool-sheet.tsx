/** The sheet of a pool: made, changed, deleted; as a form or as JSON. */
import { Alert, Box, Button, Drawer, Group, Stack, Switch, Tabs, Text } from '@mantine/core'
import { modals } from '@mantine/modals'
import { IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { type RefObject, useLayoutEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { NewPools, Pool, Provider } from '../../../src-preload/contract/index.ts'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { HistoryList } from '../../parts/history/history-list.tsx'
import { problemOf } from '../../parts/problem.ts'
import { SaveBar } from '../../parts/save-bar.tsx'
import { SkeletonRows } from '../../parts/skeletons.tsx'
import { useApi } from '../../queries/api.tsx'
import { configOfNew } from './config-schema.ts'
import { draftIssues, draftOfPool, isDirty, newDraft, type PoolDraft } from './pool-draft.ts'
import { PoolForm } from './pool-form.tsx'
import { PoolJson } from './pool-json.tsx'
import { PoolStanding } from './pool-standing.tsx'
import { TrustNotice } from './trust-notice.tsx'
import { usePoolActions } from './use-pool-actions.ts'
import { usePoolDifferences } from './use-pool-differences.ts'

export interface PoolSheetProps {
  /** Null = closed. */
  mode: 'new' | 'edit' | null
  pool: Pool | null
  /** With the slug of a pool that was just made. */
  onClose: (slug?: string) => void
}

export function PoolSheet({ mode, pool, onClose }: PoolSheetProps) {
  const { t } = useTranslation(['pools', 'common'])
  const { orpc } = useApi()
  const providers = useQuery(orpc.pools.providers.queryOptions()).data
  const begin = useQuery(orpc.settings.get.queryOptions()).data?.newPools
  // Not a state: who closes right after saving must not be asked about what is saved already.
  const dirty = useRef(false)
  const leave = () => {
    if (!dirty.current) return onClose()
    modals.openConfirmModal({
      title: t('discardTitle'),
      children: <Text size="sm">{t('discardText')}</Text>,
      labels: { confirm: t('common:discard'), cancel: t('keep') },
      onConfirm: () => onClose(),
    })
  }
  const title = mode === 'new' ? t('new') : t('edit', { name: pool?.name ?? '' })
  return (
    <Drawer
      opened={mode !== null}
      onClose={leave}
      size={740}
      title={title}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      {mode !== null &&
        (providers && begin ? (
          <PoolEditor
            key={pool?.slug ?? mode}
            mode={mode}
            pool={mode === 'edit' ? pool : null}
            providers={providers}
            begin={begin}
            dirtyRef={dirty}
            onClose={onClose}
          />
        ) : (
          <SkeletonRows rows={10} />
        ))}
    </Drawer>
  )
}

interface PoolEditorProps {
  mode: 'new' | 'edit'
  pool: Pool | null
  providers: readonly Provider[]
  /** How a new pool begins. */
  begin: NewPools
  /** Told whether something is not saved. */
  dirtyRef: RefObject<boolean>
  onClose: (slug?: string) => void
}

function PoolEditor({ mode, pool, providers, begin, dirtyRef, onClose }: PoolEditorProps) {
  const { t } = useTranslation(['pools', 'common'])
  const { orpc } = useApi()
  const pools = useQuery(orpc.pools.list.queryOptions()).data ?? []
  const address = useQuery(orpc.proxy.status.queryOptions()).data?.url ?? 'http://127.0.0.1:8787'
  const [before, setBefore] = useState(() => (pool ? draftOfPool(pool) : newDraft(providers[0], begin)))
  const [draft, setDraft] = useState(before)
  // As it was typed; null = the draft as it is. It stays while the form is looked at, also while it is no pool.
  const [text, setText] = useState<string | null>(null)
  const [readable, setReadable] = useState(true)
  const [asDraft, setAsDraft] = useState(false)
  const actions = usePoolActions()
  const differencesOf = usePoolDifferences()
  const { create, update, remove, error, busy } = actions

  const defaults = configOfNew(begin)
  const dirty = isDirty(before, draft) || !readable
  useLayoutEffect(() => {
    dirtyRef.current = dirty
    return () => {
      dirtyRef.current = false
    }
  }, [dirty, dirtyRef])

  const replace = (next: PoolDraft) => {
    setDraft(next)
    setText(null)
    setReadable(true)
  }
  // Changed elsewhere, or taken back: who is not in the middle of something sees it as it is now.
  const now = pool && draftOfPool(pool)
  if (now && !dirty && isDirty(before, now)) {
    setBefore(now)
    replace(now)
  }
  const issues = [...draftIssues(draft, mode), ...(error === null ? [] : (problemOf(error).data.fields ?? []))]
  const valid = readable && draftIssues(draft, mode).length === 0
  const save = async () => {
    if (mode === 'edit') {
      const saved = await update(before, draft)
      if (!saved) return
      const next = draftOfPool(saved)
      setBefore(next)
      // What was typed while it was being saved stays.
      setDraft((typed) => (isDirty(draft, typed) ? typed : next))
      return
    }
    const made = await create(draft, providers, asDraft)
    if (made) onClose(made.slug)
  }

  return (
    <Stack gap="md">
      {pool && <PoolStanding pool={pool} others={pools.filter(({ slug }) => slug !== pool.slug)} actions={actions} />}
      {pool && <TrustNotice pool={pool} />}
      <Tabs defaultValue="form" keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="form">{t('tabs.form')}</Tabs.Tab>
          <Tabs.Tab value="json">{t('tabs.json')}</Tabs.Tab>
          {pool && <Tabs.Tab value="history">{t('tabs.history')}</Tabs.Tab>}
        </Tabs.List>
        <Box pt="md">
          <Tabs.Panel value="form">
            {!readable && (
              <Alert color="amber" mb="md">
                {t('json.unread')}
              </Alert>
            )}
            <PoolForm
              mode={mode}
              draft={draft}
              defaults={defaults}
              issues={issues}
              providers={providers}
              pools={pools.map(({ slug }) => slug).filter((slug) => slug !== pool?.slug)}
              address={address}
              onChange={replace}
            />
          </Tabs.Panel>
          <Tabs.Panel value="json">
            <PoolJson
              mode={mode}
              draft={draft}
              defaults={defaults}
              text={text}
              issues={issues}
              onChange={(next, typed) => {
                setText(typed)
                setReadable(next !== null)
                if (next) setDraft(next)
              }}
            />
          </Tabs.Panel>
          {pool && (
            <Tabs.Panel value="history">
              <HistoryList query={{ subject: 'pool', slug: pool.slug }} describe={differencesOf} editing={dirty} />
            </Tabs.Panel>
          )}
        </Box>
      </Tabs>
      {error !== null && <ErrorNotice error={error} />}
      {mode === 'new' ? (
        <Group justify="space-between">
          <Switch
            label={t('asDraft')}
            description={t('asDraftHelp')}
            checked={asDraft}
            onChange={(event) => setAsDraft(event.currentTarget.checked)}
          />
          <Button onClick={() => void save()} disabled={!valid} loading={busy}>
            {t('create')}
          </Button>
        </Group>
      ) : (
        <SaveBar
          dirty={dirty}
          differences={readable ? differencesOf(before, draft) : []}
          valid={valid}
          saving={busy}
          onSave={() => void save()}
          onDiscard={() => replace(before)}
        />
      )}
      {pool && (
        <Group justify="space-between" wrap="nowrap">
          <Text size="sm" c="dimmed">
            {t('removeHelp')}
          </Text>
          <Button
            variant="subtle"
            color="red"
            leftSection={<IconTrash size={15} />}
            onClick={() => {
              onClose()
              void remove(pool)
            }}
          >
            {t('remove')}
          </Button>
        </Group>
      )}
    </Stack>
  )
}
