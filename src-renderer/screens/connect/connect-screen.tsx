/** Connect: the address, who may call it, and what to copy into a program. */
import { Stack, Tabs } from '@mantine/core'
import { IconPlug } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ClientCreated } from '../../../src-preload/contract/index.ts'
import { EmptyState } from '../../parts/empty-state.tsx'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { Page } from '../../parts/page.tsx'
import { PoolPicker } from '../../parts/pool-picker.tsx'
import { SkeletonRows } from '../../parts/skeletons.tsx'
import { useApi } from '../../queries/api.tsx'
import { navigate, setParams, useRoute } from '../../route.ts'
import { AddressCard } from './address-card.tsx'
import { ClientsCard } from './clients-card.tsx'
import classes from './connect.module.css'
import { ModelsTab } from './models/models-tab.tsx'
import { NewClient } from './new-client.tsx'
import { PromptsTab } from './prompts/prompts-tab.tsx'
import { SetupCard } from './setup-card.tsx'
import { TestCard } from './test-card.tsx'

const tabs = ['programs', 'models', 'prompts'] as const

export function ConnectScreen() {
  const { t } = useTranslation(['connect', 'gateway', 'common'])
  const { orpc } = useApi()
  const { params } = useRoute()
  const pools = useQuery(orpc.pools.list.queryOptions())
  const [adding, setAdding] = useState(false)
  const [created, setCreated] = useState<ClientCreated | null>(null)
  // The dialog shows the token of the client it has made, and starts empty the next time.
  const [shown, setShown] = useState<ClientCreated | null>(null)
  const pool = pools.data?.find(({ slug }) => slug === params.get('pool')) ?? pools.data?.[0]
  const tab = tabs.find((name) => name === params.get('tab')) ?? 'programs'
  const add = () => {
    setShown(null)
    setAdding(true)
  }
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
        onChange={(next) => setParams({ tab: next === 'programs' ? null : next, prompt: null })}
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
          {pools.isError && <ErrorNotice error={pools.error} onRetry={() => void pools.refetch()} />}
          {pools.isPending && <SkeletonRows />}
          {pools.data?.length === 0 && (
            <EmptyState
              icon={<IconPlug size={32} />}
              title={t('connect:noPools.title')}
              text={t('connect:noPools.text')}
              action={{ label: t('connect:noPools.action'), run: () => navigate('welcome') }}
            />
          )}
          {pool && (
            <div className={classes.columns}>
              <Stack gap={12}>
                <AddressCard pool={pool} />
                <TestCard key={pool.slug} pool={pool} />
              </Stack>
              <Stack gap={12}>
                <SetupCard pool={pool} client={created} onMakeClient={add} />
                <ClientsCard onAdd={add} onRevoked={(id) => created?.id === id && setCreated(null)} />
              </Stack>
            </div>
          )}
        </Tabs.Panel>
      </Tabs>
      <NewClient
        opened={adding}
        created={shown}
        onCreated={(client) => {
          setCreated(client)
          setShown(client)
        }}
        onClose={() => setAdding(false)}
      />
    </Page>
  )
}
