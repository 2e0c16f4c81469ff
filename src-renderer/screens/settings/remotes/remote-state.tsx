/** How a server answered last: a word and an icon. */
import {
  IconCircleCheck,
  IconCircleDashed,
  IconLock,
  IconPlugConnectedX,
  IconUserX,
  IconWorldQuestion,
} from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Remote } from '../../../../src-preload/contract/index.ts'
import classes from './remotes.module.css'

const icons = {
  unknown: IconCircleDashed,
  ok: IconCircleCheck,
  locked: IconLock,
  unauthorised: IconUserX,
  unreachable: IconPlugConnectedX,
  'not-apipool': IconWorldQuestion,
} as const satisfies Record<Remote['state'], unknown>

export function RemoteState({ state }: Pick<Remote, 'state'>) {
  const { t } = useTranslation('servers')
  const Icon = icons[state]
  return (
    <span data-tip={t(`remotes.statesMean.${state}`)} data-tip-by="any" className={classes.state} data-state={state}>
      <Icon size={15} aria-hidden />
      {t(`remotes.states.${state}`)}
    </span>
  )
}
