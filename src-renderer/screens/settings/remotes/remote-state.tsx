/** How a server answered last: a word and an icon. */
import { Tooltip } from '@mantine/core'
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
    <Tooltip label={t(`remotes.statesMean.${state}`)} events={{ hover: true, focus: true, touch: true }}>
      <span className={classes.state} data-state={state}>
        <Icon size={15} aria-hidden />
        {t(`remotes.states.${state}`)}
      </span>
    </Tooltip>
  )
}
