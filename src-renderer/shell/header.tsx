/** The header: what matters on every screen. */
import { ActionIcon, Group, Kbd, Text, UnstyledButton } from '@mantine/core'
import { IconDeviceDesktop, IconMoon, IconSearch, IconSun } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { registry } from '../commands/registry.ts'
import { shortcutKeys } from '../commands/shortcut-keys.ts'
import { NoticeMenu } from '../notices/notice-menu.tsx'
import { useTheme } from '../queries/use-theme.ts'
import { TaskMenu } from '../tasks/task-menu.tsx'
import classes from './header.module.css'
import { Logo } from './logo.tsx'
import { PrivacyMark } from './privacy-mark.tsx'
import { ProxyControl } from './proxy-control.tsx'
import { WorkspaceSwitch } from './workspace-switch.tsx'

const themeIcons = { system: IconDeviceDesktop, light: IconSun, dark: IconMoon } as const

export function Header({ onPalette }: { onPalette: () => void }) {
  const { t } = useTranslation()
  const { theme, next } = useTheme()
  const ThemeIcon = themeIcons[theme]
  const themeLabel = t('theme.label', { theme: t(`theme.${theme}`) })
  return (
    <Group h="100%" px="md" gap="md" wrap="nowrap" justify="space-between">
      <Group gap={8} wrap="nowrap">
        <Logo />
        <Text fw={650} size="md" className={classes.name}>
          {t('app')}
        </Text>
        <WorkspaceSwitch />
      </Group>
      <ProxyControl />
      <Group gap="xs" wrap="nowrap">
        <UnstyledButton className={classes.search} data-tour="search" onClick={onPalette}>
          <IconSearch size={15} aria-hidden />
          <span className={classes.searchText}>{t('palette.open')}</span>
          <Kbd size="xs" aria-hidden>
            {shortcutKeys(registry['palette.open'].shortcut ?? '').join(' ')}
          </Kbd>
        </UnstyledButton>
        <PrivacyMark />
        <TaskMenu />
        <NoticeMenu />
        <ActionIcon data-tip="" variant="subtle" color="gray" size="lg" onClick={next} aria-label={themeLabel}>
          <ThemeIcon size={18} />
        </ActionIcon>
      </Group>
    </Group>
  )
}
