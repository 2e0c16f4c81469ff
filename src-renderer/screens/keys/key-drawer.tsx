/** One key in full: its state and why, its secret, what is said of it, its limits, what it did lately. */
import { Drawer, Stack, Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Key } from '../../../src-preload/contract/index.ts'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { SaveBar } from '../../parts/save-bar.tsx'
import { SkeletonRows } from '../../parts/skeletons.tsx'
import { useApi } from '../../queries/api.tsx'
import { setParams, useRoute } from '../../route.ts'
import { TrustNotice } from '../pools/trust-notice.tsx'
import { KeyActivity } from './key-activity.tsx'
import { KeyAllowances } from './key-allowances.tsx'
import { KeyForm } from './key-form.tsx'
import { KeyHead } from './key-head.tsx'
import { KeySecret } from './key-secret.tsx'
import { KeyUsage } from './key-usage.tsx'
import { doubtfulPools } from './trust.ts'
import { useKeyForm } from './use-key-form.ts'

/** Limits are used up and come back while nothing else happens. */
const refreshMs = 5000

/** `id` null = closed. */
export function KeyDrawer({ id, onClose }: { id: string | null; onClose: () => void }) {
  const { t } = useTranslation(['keys', 'common'])
  return (
    <Drawer
      opened={id !== null}
      onClose={onClose}
      size={680}
      title={t('drawer.title')}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      {id !== null && <KeySheet key={id} id={id} onGone={onClose} />}
    </Drawer>
  )
}

function KeySheet({ id, onGone }: { id: string; onGone: () => void }) {
  const { orpc } = useApi()
  const key = useQuery(orpc.keys.get.queryOptions({ input: { id } }))
  if (key.error) return <ErrorNotice error={key.error} onRetry={() => void key.refetch()} />
  if (!key.data) return <SkeletonRows rows={10} height={32} />
  return <KeyDetails entry={key.data} onGone={onGone} />
}

const tabs = ['details', 'limits', 'activity'] as const
type Tab = (typeof tabs)[number]

function KeyDetails({ entry, onGone }: { entry: Key; onGone: () => void }) {
  const { t } = useTranslation(['keys'])
  const { orpc } = useApi()
  const { id } = entry
  const pools = useQuery(orpc.pools.list.queryOptions()).data ?? []
  const limits = useQuery(orpc.keys.limits.queryOptions({ input: { id }, refetchInterval: refreshMs }))
  const { params } = useRoute()
  const tab = tabs.find((known) => known === params.get('tab')) ?? 'details'
  const show = (next: Tab) => setParams({ tab: next === 'details' ? null : next }, { replace: true })
  const { form, submit, saving, valid, error } = useKeyForm(entry)
  return (
    <Stack gap="lg">
      <KeyHead entry={entry} pools={pools} meters={limits.data ?? []} onRemoved={onGone} onLimits={() => show('limits')} />
      {doubtfulPools(entry, pools).map((pool) => (
        <TrustNotice key={pool.slug} pool={pool} />
      ))}
      <Tabs value={tab} onChange={(next) => show(tabs.find((known) => known === next) ?? 'details')} keepMounted={false}>
        <Tabs.List mb="md">
          {tabs.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`drawer.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="details">
          <Stack gap="lg">
            <KeySecret entry={entry} />
            <form onSubmit={submit} aria-label={t('drawer.details')}>
              <KeyForm form={form} />
            </form>
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="limits">
          <Stack gap="lg">
            {limits.error ? (
              <ErrorNotice error={limits.error} onRetry={() => void limits.refetch()} />
            ) : limits.data ? (
              <KeyUsage entry={entry} meters={limits.data} />
            ) : (
              <SkeletonRows rows={3} />
            )}
            <form onSubmit={submit} aria-label={t('limits.allowed')}>
              <KeyAllowances entry={entry} form={form} />
            </form>
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="activity">
          <KeyActivity id={id} />
        </Tabs.Panel>
      </Tabs>
      {error && <ErrorNotice error={error} />}
      <SaveBar dirty={form.isDirty()} valid={valid} saving={saving} onSave={() => submit()} onDiscard={form.reset} />
    </Stack>
  )
}
