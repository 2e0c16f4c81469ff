/** A key's state: an icon of its own shape, the word, and how long it lasts. */
import { Text } from '@mantine/core'
import {
  IconBan,
  IconCircleCheck,
  IconCircleDashed,
  IconCircleOff,
  IconHourglassLow,
  type IconProps,
  IconSnowflake,
} from '@tabler/icons-react'
import type { ComponentType } from 'react'
import { useTranslation } from 'react-i18next'
import type { KeyState } from '../../src-preload/contract/index.ts'
import { formatCountdown } from '../format.ts'
import classes from './state-badge.module.css'
import { useNow } from './use-now.ts'

const icons: Record<KeyState, ComponentType<IconProps>> = {
  ready: IconCircleCheck,
  cooling: IconSnowflake,
  exhausted: IconHourglassLow,
  invalid: IconBan,
  disabled: IconCircleOff,
  unchecked: IconCircleDashed,
}

export function StateIcon({ state, size = 15 }: { state: KeyState; size?: number }) {
  const Icon = icons[state]
  return <Icon size={size} className={classes.icon} data-state={state} aria-hidden />
}

export interface StateBadgeProps {
  state: KeyState
  /** When the state ends by itself. */
  until?: number | null
  /** The provider's own words. */
  reason?: string | null
}

export function StateBadge({ state, until = null, reason = null }: StateBadgeProps) {
  const { t } = useTranslation()
  return (
    <span data-tip={reason ?? t(`stateMeans.${state}`)} data-tip-by="any" className={classes.badge} data-state={state}>
      <StateIcon state={state} />
      <span>{t(`states.${state}`)}</span>
      {until !== null && <Countdown until={until} />}
    </span>
  )
}

function Countdown({ until }: { until: number }) {
  const { i18n } = useTranslation()
  const left = until - useNow()
  if (left <= 0) return null
  return (
    <Text span size="xs" c="dimmed" className={classes.countdown}>
      {formatCountdown(left, i18n.language)}
    </Text>
  )
}
