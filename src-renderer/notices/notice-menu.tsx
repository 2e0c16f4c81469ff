/** The bell in the header: how many are new, and on request each notice with the way to mend its trouble. */
import { ActionIcon, Anchor, Group, Indicator, Popover, ScrollArea, Text, VisuallyHidden } from '@mantine/core'
import { IconBell } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Notice } from '../../src-preload/contract/index.ts'
import { hrefOf } from '../route.ts'
import { noticeMenu } from '../shell/dialogs.ts'
import { useStore } from '../shell/store.ts'
import { NoticeRow } from './notice-row.tsx'
import classes from './notices.module.css'
import { useNotices, useNoticeText } from './use-notices.ts'

export function NoticeMenu() {
  const { t } = useTranslation('shell')
  const { all, unread, markRead } = useNotices()
  const textOf = useNoticeText()
  const opened = useStore(noticeMenu)
  const label = unread.length > 0 ? t('notices.unread', { count: unread.length }) : t('notices.open')
  const change = (open: boolean) => {
    noticeMenu.set(open)
    // What was new stays marked while it is looked at.
    if (!open) markRead(unread)
  }
  const newest = unread[0]
  return (
    <>
      <VisuallyHidden role="status">{newest && textOf(newest)}</VisuallyHidden>
      <Indicator
        label={unread.length > 99 ? '99+' : unread.length}
        disabled={unread.length === 0}
        size={16}
        offset={4}
        color="red"
      >
        <Popover position="bottom-end" width={400} withArrow opened={opened} onChange={change} trapFocus withinPortal={false}>
          <Popover.Target>
            <ActionIcon variant="subtle" color="gray" size="lg" aria-label={label} onClick={() => change(!opened)}>
              <IconBell size={18} />
            </ActionIcon>
          </Popover.Target>
          <Popover.Dropdown p={0}>
            <List all={all} onLeave={() => change(false)} />
          </Popover.Dropdown>
        </Popover>
      </Indicator>
    </>
  )
}

function List({ all, onLeave }: { all: readonly Notice[]; onLeave: () => void }) {
  const { t } = useTranslation('shell')
  return (
    <>
      <Group justify="space-between" className={classes.head}>
        <Text fw={600} size="sm">
          {t('notices.title')}
        </Text>
        <Anchor size="sm" href={hrefOf('settings', { section: 'notifications' })} onClick={onLeave}>
          {t('notices.settings')}
        </Anchor>
      </Group>
      {all.length === 0 ? (
        <Text size="sm" c="dimmed" className={classes.none}>
          {t('notices.none')}
        </Text>
      ) : (
        <ScrollArea.Autosize mah="min(60vh, 420px)" viewportProps={{ tabIndex: 0, 'aria-label': t('notices.title') }}>
          <ul className={classes.list}>
            {all.map((notice) => (
              <NoticeRow key={notice.id} notice={notice} onLeave={onLeave} />
            ))}
          </ul>
        </ScrollArea.Autosize>
      )}
    </>
  )
}
