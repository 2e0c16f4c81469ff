/** Which workspace is open, and the others; nothing while there is only one. */
import { Button, Menu } from '@mantine/core'
import { IconCheck, IconChevronDown, IconSettings } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useWorkspaces } from '../queries/use-workspaces.ts'
import { navigate } from '../route.ts'
import classes from './header.module.css'

export function WorkspaceSwitch() {
  const { t } = useTranslation('servers')
  const { workspaces, open } = useWorkspaces()
  const all = workspaces.data ?? []
  const present = all.find((workspace) => workspace.open)
  if (all.length < 2 || !present) return null
  return (
    // Inside the page's landmarks.
    <Menu position="bottom-start" width={240} withinPortal={false}>
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          rightSection={<IconChevronDown size={14} />}
          loading={open.isPending}
          aria-label={t('workspaces.present', present)}
          className={classes.workspace}
        >
          {present.name}
        </Button>
      </Menu.Target>
      <Menu.Dropdown aria-label={t('workspaces.title')}>
        {all.map((workspace) => (
          <Menu.Item
            key={workspace.slug}
            leftSection={workspace.open ? <IconCheck size={15} /> : <span className={classes.noCheck} />}
            aria-current={workspace.open || undefined}
            onClick={() => workspace.open || open.mutate(workspace)}
          >
            {workspace.name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconSettings size={15} />} onClick={() => navigate('settings', { section: 'workspaces' })}>
          {t('workspaces.manage')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
