/** How an outcome looks wherever it is shown: a word, and an icon of its own shape. */
import { Text } from '@mantine/core'
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
  /** How much it matters to a person. */
  tone: 'quiet' | 'wait' | 'bad'
}

const looks: Record<RequestOutcome, Look> = {
  ok: { icon: IconCircleCheck, tone: 'quiet' },
  'rate-short': { icon: IconSnowflake, tone: 'wait' },
  'rate-daily': { icon: IconCalendarOff, tone: 'wait' },
  'no-credit': { icon: IconCoinOff, tone: 'bad' },
  'key-invalid': { icon: IconBan, tone: 'bad' },
  'model-unavailable': { icon: IconCubeOff, tone: 'wait' },
  overloaded: { icon: IconCloudOff, tone: 'wait' },
  'request-bad': { icon: IconFileAlert, tone: 'wait' },
  network: { icon: IconUnlink, tone: 'bad' },
  aborted: { icon: IconUserX, tone: 'quiet' },
  'no-key': { icon: IconKeyOff, tone: 'bad' },
}

export function OutcomeIcon({ outcome, size = 15 }: { outcome: RequestOutcome; size?: number }) {
  const { icon: Icon, tone } = looks[outcome]
  return <Icon size={size} className={classes.icon} data-tone={tone} aria-hidden />
}

/** Icon and word; the tooltip says what the outcome means. */
export function OutcomeBadge({ outcome }: { outcome: RequestOutcome }) {
  const { t } = useTranslation(['common', 'traffic'])
  return (
    <span data-tip={t(`traffic:means.${outcome}`)} className={classes.badge}>
      <OutcomeIcon outcome={outcome} />
      <Text span size="sm">
        {t(`common:outcomes.${outcome}`)}
      </Text>
    </span>
  )
}
