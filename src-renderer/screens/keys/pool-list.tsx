/** The pools at the left: how many keys of each are ready, and the way to each one's settings. */
import { ActionIcon, Button, Text } from '@mantine/core'
import { IconPlus, IconSettings, IconShieldQuestion } from '@tabler/icons-react'
import { memo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Pool } from '../../../src-preload/contract/index.ts'
import { hrefOf, setParams } from '../../route.ts'
import { PoolStateMark } from '../pools/pool-state.tsx'
import classes from './pool-list.module.css'
import { usableKeys } from './trust.ts'

export interface PoolListProps {
  pools: readonly Pool[]
  /** All keys, counted once each. */
  total: number | undefined
  selected: string | null
}

/** Drawn anew only for other pools or counts: a drawer opens beside it. */
export const PoolList = memo(function PoolList({ pools, total, selected }: PoolListProps) {
  const { t } = useTranslation(['keys', 'common'])
  return (
    <nav className={classes.pane} aria-label={t('pools')}>
      <ul className={classes.list}>
        <li className={classes.item} data-selected={selected === null || undefined}>
          <a className={classes.link} href={hrefOf('keys')} aria-current={selected === null ? 'true' : undefined}>
            <Text size="sm" fw={500}>
              {t('all')}
            </Text>
            <span className={classes.count}>{total ?? t('common:none')}</span>
          </a>
        </li>
        {pools.map((pool) => (
          <PoolItem key={pool.slug} pool={pool} selected={selected === pool.slug} />
        ))}
      </ul>
      <Button
        variant="subtle"
        color="gray"
        fullWidth
        justify="flex-start"
        leftSection={<IconPlus size={15} />}
        onClick={() => setParams({ sheet: 'new-pool' })}
      >
        {t('newPool')}
      </Button>
    </nav>
  )
})

const PoolItem = memo(function PoolItem({ pool, selected }: { pool: Pool; selected: boolean }) {
  const { t } = useTranslation(['keys', 'pools'])
  const { total } = pool.keys
  const usable = usableKeys(pool)
  const doubt = pool.untrustedKeys > 0
  const summary = [
    t('keys:ready', { ready: usable, total }),
    pool.state !== 'published' && t(`pools:life.states.${pool.state}`),
    doubt && t('keys:trust.pool', { count: pool.untrustedKeys }),
  ]
    .filter(Boolean)
    .join(' · ')
  return (
    <li className={classes.item} data-selected={selected || undefined}>
      <a
        data-tip={`${pool.name} · ${summary}`}
        data-tip-side="right"
        className={classes.link}
        href={hrefOf('keys', { pool: pool.slug })}
        aria-current={selected ? 'true' : undefined}
      >
        <span className={classes.name}>
          <Text size="sm" fw={500} truncate>
            {pool.name}
          </Text>
          <PoolStateMark state={pool.state} />
          {doubt && <IconShieldQuestion size={14} className={classes.warning} aria-hidden />}
        </span>
        <span className={classes.count} data-empty={(usable === 0 && total > 0) || undefined} aria-label={summary}>
          {usable}/{total}
        </span>
        <span className={classes.meter} aria-hidden>
          <span style={{ width: total === 0 ? 0 : `${(100 * usable) / total}%` }} />
        </span>
      </a>
      <ActionIcon
        className={classes.settings}
        variant="subtle"
        color="gray"
        size="md"
        aria-label={t('keys:editPool', { name: pool.name })}
        onClick={() => setParams({ pool: pool.slug, sheet: 'pool' })}
      >
        <IconSettings size={15} />
      </ActionIcon>
    </li>
  )
})
