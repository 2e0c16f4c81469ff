/** One notice: what happened, when, whether it is over, and the button that leads to its mend. */
import { Badge, Button, Group, Text } from '@mantine/core'
import {
  IconBan,
  IconCash,
  IconCashOff,
  IconDatabaseExclamation,
  IconHourglassEmpty,
  IconKeyOff,
  type IconProps,
  IconUserQuestion,
} from '@tabler/icons-react'
import type { ComponentType } from 'react'
import { useTranslation } from 'react-i18next'
import type { Notice, NoticeKind } from '../../src-preload/contract/index.ts'
import { Ago } from '../parts/ago.tsx'
import { hrefOf } from '../route.ts'
import { targetOf } from './notice-target.ts'
import classes from './notices.module.css'
import { useNoticeText } from './use-notices.ts'

const icons: Record<NoticeKind, ComponentType<IconProps>> = {
  'key-invalid': IconBan,
  'pool-dry': IconKeyOff,
  'budget-near': IconCash,
  'budget-spent': IconCashOff,
  'approval-pending': IconUserQuestion,
  'runway-short': IconHourglassEmpty,
  'backup-failed': IconDatabaseExclamation,
}

export function NoticeRow({ notice, onLeave }: { notice: Notice; onLeave: () => void }) {
  const { t } = useTranslation('shell')
  const textOf = useNoticeText()
  const Icon = icons[notice.kind]
  const { place, params } = targetOf(notice)
  const over = notice.endedAt !== null
  return (
    <li className={classes.row} data-over={over || undefined}>
      <Icon size={18} className={classes.icon} aria-hidden />
      <div className={classes.text}>
        <Text size="sm" fw={notice.readAt === null ? 600 : undefined}>
          {textOf(notice)}
        </Text>
        <Group gap={6}>
          <Text size="xs" c="dimmed">
            <Ago at={notice.at} />
          </Text>
          {notice.readAt === null && (
            <Badge size="xs" color="red">
              {t('notices.isNew')}
            </Badge>
          )}
          {over && (
            <Badge size="xs" color="gray">
              {t('notices.over')}
            </Badge>
          )}
        </Group>
      </div>
      {!over && (
        <Button component="a" href={hrefOf(place, params)} onClick={onLeave} variant="default" size="compact-sm">
          {t(`notices.action.${notice.kind}`)}
        </Button>
      )}
    </li>
  )
}
