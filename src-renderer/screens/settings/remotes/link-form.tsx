/** Uses a server's pool here: calls go through the server, or its keys are fetched and kept equal. */
import { Button, Group, NumberInput, Radio, Select, SimpleGrid, Stack, Switch, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Provider, Remote, RemotePool } from '../../../../src-preload/contract/index.ts'
import { linkModes } from '../../../../src-preload/contract/remote.ts'
import { addressExample } from '../../../parts/address-example.ts'
import { ErrorNotice } from '../../../parts/error-notice.tsx'
import { fieldErrors, problemOf } from '../../../parts/problem.ts'
import { SkeletonRows } from '../../../parts/skeletons.tsx'
import { toastDone } from '../../../parts/toast.tsx'
import { useApi } from '../../../queries/api.tsx'
import { openUnlock } from '../../../shell/dialogs.ts'
import { type LinkDraft, linkDraftOf, linkIssues, linkOf } from './link-draft.ts'
import { useRemotesRefresh } from './use-remote-actions.ts'

export interface LinkFormProps {
  remote: Remote
  offered: RemotePool
  onClose: () => void
}

export function LinkForm(props: LinkFormProps) {
  const { orpc } = useApi()
  const providers = useQuery(orpc.pools.providers.queryOptions()).data?.filter(({ id }) => id !== 'demo')
  return providers ? <Fields {...props} providers={providers} /> : <SkeletonRows rows={4} />
}

function Fields({ remote, offered, onClose, providers }: LinkFormProps & { providers: readonly Provider[] }) {
  const { t } = useTranslation(['servers', 'common'])
  const { identifier } = offered
  const [draft, setDraft] = useState(() => linkDraftOf(offered, providers))
  const set = (changes: Partial<LinkDraft>) => setDraft({ ...draft, ...changes })
  const link = useLink(remote, identifier, onClose)
  const own = linkIssues(identifier, draft)
  const issues = { ...(link.error === null ? {} : fieldErrors(link.error)), ...own }
  const locked = link.error !== null && problemOf(link.error).code === 'VAULT_LOCKED'
  const provider = providers.find(({ id }) => id === draft.provider)
  const nowhere = draft.mode === 'sync' && provider?.baseUrl === null && draft.baseUrl.trim() === ''
  const valid = Object.keys(own).length === 0 && !nowhere
  return (
    <Stack
      component="form"
      gap="md"
      onSubmit={(event) => {
        event.preventDefault()
        if (valid) link.mutate(draft)
      }}
    >
      <Radio.Group
        label={t('servers:link.mode')}
        value={draft.mode}
        onChange={(mode) => set({ mode: linkModes.find((known) => known === mode) ?? draft.mode })}
      >
        <Stack gap={8} mt={6}>
          {linkModes.map((mode) => (
            <Radio
              key={mode}
              value={mode}
              label={t(`servers:remotes.modes.${mode}`)}
              description={t(`servers:link.modesMean.${mode}`)}
            />
          ))}
        </Stack>
      </Radio.Group>
      <TextInput
        label={t('servers:link.pool')}
        description={t('servers:link.poolHint')}
        value={draft.pool}
        onChange={(event) => set({ pool: event.currentTarget.value })}
        error={issues['pool']}
        maxLength={64}
        spellCheck={false}
      />
      {draft.mode === 'sync' && <SyncFields draft={draft} set={set} issues={issues} providers={providers} nowhere={nowhere} />}
      {link.error && (
        <ErrorNotice error={link.error} {...(locked && { action: { label: t('common:banner.unlock'), run: openUnlock } })} />
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('servers:link.back')}
        </Button>
        <Button type="submit" disabled={!valid} loading={link.isPending}>
          {t('servers:link.submit')}
        </Button>
      </Group>
    </Stack>
  )
}

interface SyncFieldsProps {
  draft: LinkDraft
  set: (changes: Partial<LinkDraft>) => void
  issues: Record<string, string>
  providers: readonly Provider[]
  /** The provider has no address of its own, and none is given. */
  nowhere: boolean
}

function SyncFields({ draft, set, issues, providers, nowhere }: SyncFieldsProps) {
  const { t } = useTranslation('servers')
  const provider = providers.find(({ id }) => id === draft.provider)
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <Select
          label={t('link.provider')}
          description={t('link.providerHint')}
          data={providers.map(({ id, name }) => ({ value: id, label: name }))}
          value={draft.provider}
          onChange={(id) => id && set({ provider: id })}
          allowDeselect={false}
          searchable
          error={issues['provider']}
        />
        <TextInput
          label={t('link.baseUrl')}
          description={t('link.baseUrlHint')}
          placeholder={provider?.baseUrl ?? addressExample(draft.provider)}
          required={provider?.baseUrl === null}
          value={draft.baseUrl}
          onChange={(event) => set({ baseUrl: event.currentTarget.value })}
          error={issues['baseUrl'] ?? (nowhere && t('link.nowhere'))}
          spellCheck={false}
        />
      </SimpleGrid>
      <NumberInput
        label={t('link.interval')}
        suffix={` ${t('link.seconds')}`}
        value={Number.isNaN(draft.interval) ? '' : draft.interval}
        onChange={(seconds) => set({ interval: seconds === '' ? Number.NaN : Number(seconds) })}
        min={5}
        max={86_400}
        clampBehavior="none"
        allowDecimal={false}
        error={issues['interval'] && t('link.intervalRange')}
        maw={220}
      />
      <Switch
        label={t('link.report')}
        description={t('link.reportHint')}
        checked={draft.report}
        onChange={(event) => set({ report: event.currentTarget.checked })}
      />
    </>
  )
}

function useLink({ id }: Remote, identifier: string, onClose: () => void) {
  const { t } = useTranslation('servers')
  const { client } = useApi()
  const refresh = useRemotesRefresh()
  return useMutation({
    mutationFn: (draft: LinkDraft) => client.remotes.link({ id, ...linkOf(identifier, draft) }),
    onSuccess: async () => {
      await refresh()
      toastDone(t('link.done', { identifier }))
      onClose()
    },
  })
}
