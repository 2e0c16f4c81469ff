/** All keyboard shortcuts, straight from the registry. */
import { Group, Kbd, Modal, SimpleGrid, Stack, Text, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { commandIds } from '../../src-preload/contract/index.ts'
import { listShortcuts, registry, windowShortcuts } from '../commands/registry.ts'
import { shortcutKeys } from '../commands/shortcut-keys.ts'

export function HelpDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Modal opened={opened} onClose={onClose} title={t('help.title')} size="lg" closeButtonProps={{ 'aria-label': t('close') }}>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xl">
        <Stack gap={6}>
          <Title order={3}>{t('help.everywhere')}</Title>
          {commandIds.map((id) => {
            const { shortcut, also } = registry[id]
            return [shortcut, also].map((way) => way && <Line key={way} text={t(`commands.${id}`)} keys={shortcutKeys(way)} />)
          })}
          {windowShortcuts.map(([name, keys]) => (
            <Line key={name} text={t(`help.${name}`)} keys={shortcutKeys(keys)} />
          ))}
        </Stack>
        <Stack gap={6}>
          <Title order={3}>{t('help.inKeys')}</Title>
          {listShortcuts.map(([name, keys]) => (
            <Line key={name} text={t(`help.${name}`)} keys={shortcutKeys(keys)} />
          ))}
        </Stack>
      </SimpleGrid>
    </Modal>
  )
}

function Line({ text, keys }: { text: string; keys: readonly string[] }) {
  return (
    <Group justify="space-between" wrap="nowrap">
      <Text size="sm">{text}</Text>
      <Group gap={4} wrap="nowrap">
        {keys.map((key) => (
          <Kbd key={key} size="xs">
            {key}
          </Kbd>
        ))}
      </Group>
    </Group>
  )
}
