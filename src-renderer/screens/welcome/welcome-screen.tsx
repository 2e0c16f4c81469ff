/** Welcome: lock where there is no keychain, keys in, first call out. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Pool, VaultStatus } from '../../../src-preload/contract/index.ts'
import { formatList, formatNames } from '../../format.ts'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { Page } from '../../parts/page.tsx'
import { SkeletonRows } from '../../parts/skeletons.tsx'
import { useApi } from '../../queries/api.tsx'
import { UnlockForm } from '../../shell/unlock-dialog.tsx'
import { KeysStep } from './keys-step.tsx'
import { LockStep } from './lock-step.tsx'
import { Step } from './step.tsx'
import { UseStep } from './use-step.tsx'
import classes from './welcome.module.css'

export function WelcomeScreen() {
  const { t } = useTranslation(['welcome'])
  const { orpc } = useApi()
  const vault = useQuery(orpc.vault.status.queryOptions())
  const pools = useQuery(orpc.pools.list.queryOptions())
  const providers = useQuery(orpc.pools.providers.queryOptions()).data ?? []
  const failed = vault.error ?? pools.error
  return (
    <Page title={t('title')} description={t('description')}>
      {failed ? (
        <ErrorNotice error={failed} onRetry={() => void Promise.all([vault.refetch(), pools.refetch()])} />
      ) : vault.data && pools.data ? (
        <Steps vault={vault.data} pools={pools.data} providers={providers} />
      ) : (
        <SkeletonRows rows={3} height={96} />
      )}
    </Page>
  )
}

interface StepsProps {
  vault: VaultStatus
  pools: readonly Pool[]
  providers: Parameters<typeof KeysStep>[0]['providers']
}

function Steps({ vault, pools, providers }: StepsProps) {
  const { t, i18n } = useTranslation(['welcome', 'common'])
  const [askedToLock] = useState(vault.state !== 'unlocked')
  const [slug, setSlug] = useState('')
  const filled = pools.filter((pool) => pool.keys.total > 0)
  const names = filled.map((pool) => pool.name)
  const total = filled.reduce((sum, pool) => sum + pool.keys.total, 0)
  const [editing, setEditing] = useState(filled.length === 0)
  const unlocked = vault.state === 'unlocked'
  const first = askedToLock ? 2 : 1
  const slots = vault.slots.map((slot) => t(`common:slots.${slot.kind}`))
  const ways = formatList(slots.length > 0 ? slots : [t('common:slots.keychain')], i18n.language)
  return (
    <ol className={classes.steps}>
      {askedToLock && (
        <Step
          number={1}
          done={unlocked}
          title={vault.state === 'locked' ? t('lock.locked') : t('lock.title')}
          summary={unlocked ? t('lock.done', { ways }) : undefined}
        >
          {vault.state === 'new' && <LockStep vault={vault} />}
          {vault.state === 'locked' && <UnlockForm onOpened={() => {}} />}
        </Step>
      )}
      <Step
        number={first}
        done={filled.length > 0}
        title={t('keys.title')}
        summary={filled.length > 0 ? t('keys.have', { count: total, pools: formatNames(names, i18n.language) }) : t('keys.text')}
      >
        <KeysStep
          pools={pools}
          providers={providers}
          unlocked={unlocked}
          editing={editing}
          onMore={() => setEditing(true)}
          onPool={(next) => {
            setSlug(next)
            setEditing(false)
          }}
        />
      </Step>
      <Step
        number={first + 1}
        done={false}
        waiting={filled.length === 0}
        title={t('use.title')}
        summary={filled.length === 0 ? t('use.after') : undefined}
      >
        {filled.length > 0 && <UseStep pools={filled} slug={slug || (filled.at(-1)?.slug ?? '')} onSlug={setSlug} />}
      </Step>
    </ol>
  )
}
