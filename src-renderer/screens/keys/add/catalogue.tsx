/** Every provider there is: what its keys look like, where they are made, and whether it needs an address. */
import { Anchor, Badge, Button, Code, Collapse, Stack, Table, Text, VisuallyHidden } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconChevronDown, IconExternalLink } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Provider } from '../../../../src-preload/contract/index.ts'
import classes from './add.module.css'

export interface CatalogueProps {
  providers: readonly Provider[]
  /** The provider that keys go to now. */
  chosen: string | undefined
  onChoose: (provider: string) => void
}

export function Catalogue({ providers, chosen, onChoose }: CatalogueProps) {
  const { t } = useTranslation('keys')
  const [opened, { toggle }] = useDisclosure(false)
  // The demo pool has keys of its own.
  const shown = providers.filter(({ id }) => id !== 'demo')
  return (
    <Stack gap={6}>
      <div>
        <Button
          variant="subtle"
          size="compact-sm"
          onClick={toggle}
          aria-expanded={opened}
          rightSection={<IconChevronDown size={14} className={classes.chevron} data-open={opened || undefined} />}
        >
          {t('catalogue.open', { count: shown.length })}
        </Button>
      </div>
      <Collapse expanded={opened} transitionDuration={0}>
        {opened && (
          <Table aria-label={t('catalogue.title')} verticalSpacing={4} horizontalSpacing={8} fz="sm">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('catalogue.provider')}</Table.Th>
                <Table.Th>{t('catalogue.hint')}</Table.Th>
                <Table.Th>{t('catalogue.keys')}</Table.Th>
                <Table.Th>
                  <VisuallyHidden>{t('catalogue.use')}</VisuallyHidden>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {shown.map((provider) => (
                <Entry key={provider.id} provider={provider} chosen={provider.id === chosen} onChoose={onChoose} />
              ))}
            </Table.Tbody>
          </Table>
        )}
      </Collapse>
    </Stack>
  )
}

interface EntryProps {
  provider: Provider
  chosen: boolean
  onChoose: (provider: string) => void
}

function Entry({ provider: { id, name, keyHint, keysUrl, baseUrl, freeCheck }, chosen, onChoose }: EntryProps) {
  const { t } = useTranslation('keys')
  return (
    <Table.Tr>
      <Table.Td>
        <Text size="sm" fw={600}>
          {name}
        </Text>
        <Text size="xs" c="dimmed">
          {[baseUrl === null && t('catalogue.needsUrl'), !freeCheck && t('catalogue.noCheck')].filter(Boolean).join(' · ')}
        </Text>
      </Table.Td>
      <Table.Td>
        <Code>{keyHint}</Code>
      </Table.Td>
      <Table.Td>
        {keysUrl ? (
          <Anchor size="sm" href={keysUrl} target="_blank" rel="noreferrer" underline="always" className={classes.link}>
            {new URL(keysUrl).host}
            <IconExternalLink size={13} aria-label={t('catalogue.newWindow')} />
          </Anchor>
        ) : (
          <Text size="sm" c="dimmed">
            {t('catalogue.noKeysUrl')}
          </Text>
        )}
      </Table.Td>
      <Table.Td className={classes.use}>
        {chosen ? (
          <Badge>{t('catalogue.chosen')}</Badge>
        ) : (
          <Button size="compact-xs" variant="default" aria-label={t('catalogue.useName', { name })} onClick={() => onChoose(id)}>
            {t('catalogue.use')}
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  )
}
