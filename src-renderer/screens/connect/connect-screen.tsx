/** Connect: the address, who may call it, and what to copy into a program. */
import { Stack, Tabs } from '@mantine/core'
import { IconPlug } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ClientCreated, Pool } from '../../../src-preload/contract/index.ts'
import { EmptyState } from '../../parts/empty-state.tsx'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { Page } from '../../parts/page.tsx'
import { PoolPicker } from '../../parts/pool-picker.tsx'
import { SkeletonRows } from '../../parts/skeletons.tsx'
import { useApi } from '../../queries/api.tsx'
import { navigate, newName, setParams, useRoute } from '../../route.ts'
import { AddressCard } from './address-card.tsx'
import { ApprovalCards } from './approvals/approval-cards.tsx'
import { ApprovalHistory } from './approvals/approval-history.tsx'
import { ClientSheet } from './clients/client-sheet.tsx'
import { ClientsCard } from './clients/clients-card.tsx'
import { TokenDialog } from './clients/token-dialog.tsx'
import classes from './connect.module.css'
import { ModelsTab } from './models/models-tab.tsx'
import { PromptsTab } from './prompts/prompts-tab.tsx'
import { SetupCard } from './setup-card.tsx'
import { TestCard } from './test-card.tsx'

const tabs = ['programs', 'models', 'prompts'] as const

export function ConnectScreen() {
  const { t } = useTranslation(['connect', 'gateway', 'common'])
  const { orpc } = useApi()
  const { params } = useRoute()
  const pools = useQuery(orpc.pools.list.queryOptions()).data
  // A token that was made on this page: filled into the texts until the page is left.
  const [created, setCreated] = useState<ClientCreated | null>(null)
  // One that programs can call, unless another is asked for.
  const pool =
    pools?.find(({ slug }) => slug === params.get('pool')) ?? pools?.find(({ state }) => state === 'published') ?? pools?.[0]
  const tab = tabs.find((name) => name === params.get('tab')) ?? 'programs'
  return (
    <Page
      title={t('common:places.connect')}
      actions={
        pool &&
        tab === 'programs' && (
          <PoolPicker value={pool.slug} onChange={(slug) => setParams({ pool: slug }, { replace: true })} all={false} />
        )
      }
    >
      <Tabs
        value={tab}
        onChange={(next) => setParams({ tab: next === 'programs' ? null : next, prompt: null, client: null })}
        keepMounted={false}
      >
        <Tabs.List mb="md" aria-label={t('gateway:tabs.label')}>
          {tabs.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`gateway:tabs.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="models">
          <ModelsTab />
        </Tabs.Panel>
        <Tabs.Panel value="prompts">
          <PromptsTab client={created} />
        </Tabs.Panel>
        <Tabs.Panel value="programs">
          <Programs pool={pool} created={created} onCreated={setCreated} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}

interface ProgramsProps {
  pool: Pool | undefined
  created: ClientCreated | null
  onCreated: (client: ClientCreated | null) => void
}

function Programs({ pool, created, onCreated }: ProgramsProps) {
  const { t } = useTranslation('connect')
  const { orpc } = useApi()
  const { params } = useRoute()
  const pools = useQuery(orpc.pools.list.queryOptions())
  const clients = useQuery(orpc.clients.list.queryOptions()).data
  const [token, setToken] = useState<ClientCreated | null>(null)
  const wanted = params.get('client')
  const open = wanted === newName ? 'new' : (clients?.find(({ id }) => id === wanted) ?? null)
  const setOpen = (client: string | null) => setParams({ client })
  const add = () => setOpen(newName)
  // What was made here and is gone, or has another token by now, fills no text.
  const still = clients?.find(({ id }) => id === created?.id)
  const usable = still?.state === 'active' && still.tokenHint === created?.tokenHint ? created : null
  return (
    <>
      <ApprovalCards />
      {pools.isError && <ErrorNotice error={pools.error} onRetry={() => void pools.refetch()} />}
      {pools.isPending && <SkeletonRows />}
      {pools.data?.length === 0 && (
        <EmptyState
          icon={<IconPlug size={32} />}
          title={t('noPools.title')}
          text={t('noPools.text')}
          action={{ label: t('noPools.action'), run: () => navigate('welcome') }}
        />
      )}
      <Stack gap={12}>
        {pool && (
          <div className={classes.columns}>
            <Stack gap={12}>
              <AddressCard pool={pool} />
              <TestCard key={pool.slug} pool={pool} />
            </Stack>
            <SetupCard pool={pool} client={usable} onMakeClient={add} />
          </div>
        )}
        {(pool || (clients && clients.length > 0)) && <ClientsCard onAdd={add} onOpen={({ id }) => setOpen(id)} />}
        <ApprovalHistory onOpenClient={setOpen} />
      </Stack>
      <ClientSheet
        open={open}
        onClose={() => setOpen(null)}
        onToken={(client) => {
          setToken(client)
          onCreated(client)
        }}
      />
      <TokenDialog client={token} onClose={() => setToken(null)} />
    </>
  )
}
