/** Help in the window: what the words mean, and every shortcut, straight from the registry. */
import { Anchor, Button, Group, Kbd, Modal, SimpleGrid, Stack, Tabs, Text, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { commandIds } from '../../src-preload/contract/index.ts'
import { listShortcuts, registry, talkShortcuts, windowShortcuts } from '../commands/registry.ts'
import { shortcutKeys } from '../commands/shortcut-keys.ts'
import { CopyDiagnostics } from '../parts/copy-diagnostics.tsx'
import { hrefOf, type Params, type Place } from '../route.ts'
import { startTour } from './tour/steps.ts'

interface HelpProps {
  opened: boolean
  onClose: () => void
}

export function HelpDialog({ opened, onClose }: HelpProps) {
  const { t } = useTranslation(['help', 'common'])
  const walk = () => {
    onClose()
    startTour()
  }
  return (
    <Modal opened={opened} onClose={onClose} title={t('title')} size="lg" closeButtonProps={{ 'aria-label': t('common:close') }}>
      <Tabs defaultValue="shortcuts">
        <Group justify="space-between" wrap="nowrap" mb="md">
          <Tabs.List>
            <Tabs.Tab value="shortcuts">{t('shortcuts')}</Tabs.Tab>
            <Tabs.Tab value="words">{t('words.title')}</Tabs.Tab>
          </Tabs.List>
          <Group gap="xs" wrap="nowrap">
            <Button variant="default" onClick={walk}>
              {t('common:commands.help.tour')}
            </Button>
            <CopyDiagnostics />
          </Group>
        </Group>
        <Tabs.Panel value="shortcuts">
          <Shortcuts />
        </Tabs.Panel>
        <Tabs.Panel value="words">
          <Words onClose={onClose} />
        </Tabs.Panel>
      </Tabs>
    </Modal>
  )
}

function Shortcuts() {
  const { t } = useTranslation(['common'])
  return (
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
        <Title order={3} mt="md">
          {t('help.inPlayground')}
        </Title>
        {talkShortcuts.map(([name, keys]) => (
          <Line key={name} text={t(`help.${name}`)} keys={shortcutKeys(keys)} />
        ))}
      </Stack>
    </SimpleGrid>
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

/** Each where it is met first. */
const words = [
  ['key', 'keys'],
  ['pool', 'keys'],
  ['account', 'keys'],
  ['limit', 'keys'],
  ['coolDown', 'keys'],
  ['lease', 'traffic'],
  ['attempt', 'traffic'],
  ['client', 'connect'],
  ['quota', 'connect'],
  ['lane', 'connect'],
  ['route', 'connect'],
  ['fallback', 'keys'],
  ['prompt', 'connect'],
  ['remote', 'settings', { section: 'remotes' }],
  ['workspace', 'settings', { section: 'workspaces' }],
] as const satisfies readonly (readonly [string, Place, Params?])[]

function Words({ onClose }: Pick<HelpProps, 'onClose'>) {
  const { t } = useTranslation(['help'])
  return (
    <Stack component="dl" gap="sm" m={0}>
      {words.map(([word, place, params]) => (
        <div key={word}>
          <Text component="dt" size="sm" fw={600}>
            <Anchor href={hrefOf(place, params)} onClick={onClose} inherit>
              {t(`words.${word}.name`)}
            </Anchor>
          </Text>
          <Text component="dd" size="sm" m={0}>
            {t(`words.${word}.text`)}
          </Text>
        </div>
      ))}
    </Stack>
  )
}
