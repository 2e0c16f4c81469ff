/** Whether programs can call a pool: a word and an icon. */
import { IconArchive, IconCircleCheck, IconPencil } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { PoolState as State } from '../../../src-preload/contract/index.ts'
import classes from './pool-state.module.css'

const icons = { draft: IconPencil, published: IconCircleCheck, retired: IconArchive } as const satisfies Record<State, unknown>

export function PoolState({ state }: { state: State }) {
  const { t } = useTranslation('pools')
  const Icon = icons[state]
  return (
    <span data-tip={t(`life.means.${state}`)} className={classes.state} data-state={state}>
      <Icon size={15} aria-hidden />
      {t(`life.states.${state}`)}
    </span>
  )
}

/** Quiet where all is as usual: nothing for a published pool. */
export function PoolStateMark({ state }: { state: State }) {
  if (state === 'published') return null
  const Icon = icons[state]
  return <Icon size={14} className={classes.mark} aria-hidden />
}
