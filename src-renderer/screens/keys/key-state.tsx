/** A key's state in the list and the drawer: what the engine says, and whether the key waits for trust. */
import { IconShieldQuestion } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Key, Pool } from '../../../src-preload/contract/index.ts'
import { StateBadge } from '../../parts/state-badge.tsx'
import classes from './key-state.module.css'
import { reasonOf } from './standing.ts'
import { trustOf } from './trust.ts'

export function KeyState({ entry, pools }: { entry: Key; pools: readonly Pool[] }) {
  const { t } = useTranslation(['keys'])
  const trust = trustOf(entry, pools)
  const badge = <StateBadge state={entry.state} until={entry.until} reason={reasonOf(entry)} />
  if (trust === 'trusted') return badge
  const usable = entry.state === 'ready' || entry.state === 'unchecked'
  return (
    <span className={classes.state}>
      {!(trust === 'waiting' && usable) && badge}
      <span data-tip={t(`trust.${trust}`)} data-tip-by="any" className={classes.trust}>
        <IconShieldQuestion size={15} role="img" aria-label={t(`trust.${trust}`)} />
        {trust === 'waiting' && usable && t('trust.word')}
      </span>
    </span>
  )
}
