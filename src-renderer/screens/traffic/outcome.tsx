/** How an outcome looks wherever it is shown: a word, an icon of its own shape, and a colour for charts. */
import { Text, Tooltip } from '@mantine/core'
import {
  IconBan,
  IconCalendarOff,
  IconCircleCheck,
  IconCloudOff,
  IconCoinOff,
  IconCubeOff,
  IconFileAlert,
  IconKeyOff,
  type IconProps,
  IconSnowflake,
  IconUnlink,
  IconUserX,
} from '@tabler/icons-react'
import type { ComponentType } from 'react'
import { useTranslation } from 'react-i18next'
import type { RequestOutcome } from '../../../src-preload/contract/index.ts'
import classes from './outcome.module.css'

interface Look {
  icon: ComponentType<IconProps>
  /** In charts. */
  color: string
  /** How much it matters to a person. */
  tone: 'quiet' | 'wait' | 'bad'
}

const looks: Record<RequestOutcome, Look> = {
  ok: { icon: IconCircleCheck, color: 'indigo.4', tone: 'quiet' },
  'rate-short': { icon: IconSnowflake, color: 'cyan.6', tone: 'wait' },
  'rate-daily': { icon: IconCalendarOff, color: 'amber.4', tone: 'wait' },
  'no-credit': { icon: IconCoinOff, color: 'orange.8', tone: 'bad' },
  'key-invalid': { icon: IconBan, color: 'red.7', tone: 'bad' },
  'model-unavailable': { icon: IconCubeOff, color: 'teal.6', tone: 'wait' },
  overloaded: { icon: IconCloudOff, color: 'grape.5', tone: 'wait' },
  'request-bad': { icon: IconFileAlert, color: 'orange.4', tone: 'wait' },
  network: { icon: IconUnlink, color: 'pink.6', tone: 'bad' },
  aborted: { icon: IconUserX, color: 'gray.5', tone: 'quiet' },
  'no-key': { icon: IconKeyOff, color: 'red.5', tone: 'bad' },
}

export function outcomeColor(outcome: RequestOutcome): string {
  return looks[outcome].color
}

export function OutcomeIcon({ outcome, size = 15 }: { outcome: RequestOutcome; size?: number }) {
  const { icon: Icon, tone } = looks[outcome]
  return <Icon size={size} className={classes.icon} data-tone={tone} aria-hidden />
}

/** Icon and word; the tooltip says what the outcome means. */
export function OutcomeBadge({ outcome }: { outcome: RequestOutcome }) {
  const { t } = useTranslation(['common', 'traffic'])
  return (
    <Tooltip label={t(`traffic:means.${outcome}`)}>
      <span className={classes.badge}>
        <OutcomeIcon outcome={outcome} />
        <Text span size="sm">
          {t(`common:outcomes.${outcome}`)}
        </Text>
      </span>
    </Tooltip>
  )
}
