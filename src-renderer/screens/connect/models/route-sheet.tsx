/** The sheet of a route: made, changed, deleted. */
import { Autocomplete, Button, Drawer, Group, NumberInput, SimpleGrid, Stack, Text, Textarea } from '@mantine/core'
import { modals } from '@mantine/modals'
import { IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useLayoutEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ModelRouteInput, ModelRouteView, Pool } from '../../../../src-preload/contract/index.ts'
import { ErrorNotice } from '../../../parts/error-notice.tsx'
import { problemOf } from '../../../parts/problem.ts'
import { SaveBar } from '../../../parts/save-bar.tsx'
import { useApi } from '../../../queries/api.tsx'
import { ChainEditor, issueAt, type RouteScene, TargetsEditor } from './places-editor.tsx'
import { inputOf, newRoute, routeIssues, withChain } from './route-draft.ts'
import { useRouteActions } from './use-route-actions.ts'

/** A route that is there, or a new one with its name; null = closed. */
export type OpenRoute = { kind: 'edit'; route: ModelRouteView } | { kind: 'new'; model: string } | null

export interface RouteSheetProps {
  open: OpenRoute
  pools: readonly Pool[]
  onClose: () => void
}

export function RouteSheet({ open, pools, onClose }: RouteSheetProps) {
  const { t } = useTranslation(['gateway', 'pools', 'common'])
  const [dirty, setDirty] = useState(false)
  const leave = () => {
    if (!dirty) return onClose()
    modals.openConfirmModal({
      title: t('pools:discardTitle'),
      labels: { confirm: t('common:discard'), cancel: t('pools:keep') },
      closeButtonProps: { 'aria-label': t('common:close') },
      onConfirm: onClose,
    })
  }
  return (
    <Drawer
      opened={open !== null}
      onClose={leave}
      size={740}
      title={open?.kind === 'edit' ? t('gateway:routes.edit', open.route) : t('gateway:routes.add')}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      {open && (
        <Editor
          key={open.kind === 'edit' ? open.route.id : open.model}
          route={open.kind === 'edit' ? open.route : null}
          model={open.kind === 'new' ? open.model : ''}
          pools={pools}
          onDirty={setDirty}
          onClose={onClose}
        />
      )}
    </Drawer>
  )
}

interface EditorProps {
  route: ModelRouteView | null
  model: string
  pools: readonly Pool[]
  onDirty: (dirty: boolean) => void
  onClose: () => void
}

function Editor({ route, model, pools, onDirty, onClose }: EditorProps) {
  const { t } = useTranslation('gateway')
  const { orpc } = useApi()
  const served = useQuery(orpc.routes.models.queryOptions()).data ?? []
  const [before, setBefore] = useState(() => (route ? inputOf(route) : newRoute(model, pools[0]?.slug ?? '')))
  const [draft, setDraft] = useState(before)
  const { save, remove, error, busy } = useRouteActions()
  const dirty = JSON.stringify(before) !== JSON.stringify(draft)
  // Before the next key is pressed: Escape right after a save must not ask.
  useLayoutEffect(() => {
    onDirty(dirty)
    return () => onDirty(false)
  }, [dirty, onDirty])

  const own = routeIssues(draft)
  const issues = [...own, ...(error === null ? [] : (problemOf(error).data.fields ?? []))]
  const submit = async () => {
    const saved = await save(draft, route?.id ?? null)
    if (!saved) return
    if (!route) return onClose()
    setBefore(inputOf(saved))
    setDraft(inputOf(saved))
  }
  return (
    <Stack gap="lg">
      <Fields draft={draft} onChange={setDraft} scene={{ pools, served, issues }} />
      {error !== null && <ErrorNotice error={error} />}
      {route ? (
        <SaveBar
          dirty={dirty}
          valid={own.length === 0}
          saving={busy}
          onSave={() => void submit()}
          onDiscard={() => setDraft(before)}
        />
      ) : (
        <Group justify="flex-end">
          <Button onClick={() => void submit()} disabled={own.length > 0} loading={busy}>
            {t('routes.create')}
          </Button>
        </Group>
      )}
      {route && (
        <Group justify="flex-end">
          <Button
            variant="subtle"
            color="red"
            leftSection={<IconTrash size={15} />}
            onClick={() => {
              onClose()
              void remove(route)
            }}
          >
            {t('routes.remove')}
          </Button>
        </Group>
      )}
    </Stack>
  )
}

interface FieldsProps {
  draft: ModelRouteInput
  onChange: (draft: ModelRouteInput) => void
  scene: RouteScene
}

function Fields({ draft, onChange, scene }: FieldsProps) {
  const { t } = useTranslation('gateway')
  const names = [...new Set(scene.served.map(({ model }) => model))]
  return (
    <>
      <Autocomplete
        label={t('routes.model')}
        description={t('routes.modelHelp')}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        data={names}
        limit={30}
        openOnFocus={false}
        required
        value={draft.model}
        onChange={(model) => onChange({ ...draft, model })}
        maxLength={200}
        spellCheck={false}
        error={draft.model !== '' && issueAt(scene, 'model')}
        data-autofocus
      />
      <TargetsEditor value={draft.targets} onChange={(targets) => onChange({ ...draft, targets })} scene={scene} />
      <ChainEditor value={draft.then} onChange={(chain) => onChange(withChain(draft, chain))} scene={scene} />
      <Stack gap={6} role="group" aria-label={t('routes.more')}>
        <Text size="sm" fw={600}>
          {t('routes.more')}
        </Text>
        <SimpleGrid cols={{ base: 1, xs: 3 }}>
          {(['timeout', 'attemptBudget', 'cacheTtl'] as const).map((name) => (
            <NumberInput
              key={name}
              label={t(`routes.${name}`)}
              description={t(`routes.${name}Help`)}
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              placeholder={t('routes.asPool')}
              value={draft[name] ?? ''}
              onChange={(seconds) => onChange({ ...draft, [name]: seconds === '' ? null : Number(seconds) })}
              clampBehavior="none"
              error={issueAt(scene, name)}
            />
          ))}
        </SimpleGrid>
      </Stack>
      <Textarea
        label={t('routes.notes')}
        value={draft.notes}
        onChange={(event) => onChange({ ...draft, notes: event.currentTarget.value })}
        autosize
        minRows={2}
        maxLength={1000}
      />
    </>
  )
}
