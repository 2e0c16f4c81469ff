/** What will happen to each line before anything happens. */
import { Badge, Group, ScrollArea, Stack, Table, Text } from '@mantine/core'
import { IconBan, IconCopyOff, IconPlus } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { KeyPreview, Provider } from '../../../../src-preload/contract/index.ts'
import { said } from '../../../i18n/said.ts'
import classes from './add.module.css'
import { isMixed } from './split.ts'

const icons = { new: IconPlus, duplicate: IconCopyOff, invalid: IconBan } as const

export function PreviewTable({ preview, providers }: { preview: KeyPreview; providers: readonly Provider[] }) {
  const { t } = useTranslation(['keys', 'common'])
  const nameOf = (id: string | null) => providers.find((provider) => provider.id === id)?.name ?? id ?? ''
  const total = preview.new + preview.duplicates + preview.invalid
  return (
    <Stack gap="xs">
      <Group gap="xs" role="status">
        <Badge color="green">{t('sheet.new', { count: preview.new })}</Badge>
        {preview.duplicates > 0 && <Badge color="gray">{t('sheet.duplicates', { count: preview.duplicates })}</Badge>}
        {preview.invalid > 0 && <Badge color="red">{t('sheet.invalid', { count: preview.invalid })}</Badge>}
        {preview.provider && !isMixed(preview.providers) && (
          <Text size="sm" c="dimmed">
            {t('sheet.looksLike', { provider: nameOf(preview.provider) })}
          </Text>
        )}
      </Group>
      <ScrollArea.Autosize mah={150} viewportProps={{ tabIndex: 0 }}>
        <Table aria-label={t('sheet.preview')}>
          <Table.Tbody>
            {preview.rows.map((row) => {
              const Icon = icons[row.status]
              return (
                <Table.Tr key={`${row.line}:${row.hint}`}>
                  <Table.Td c="dimmed" className={classes.cell}>
                    {t('sheet.line', { line: row.line })}
                  </Table.Td>
                  <Table.Td className={classes.cell}>
                    <Group gap={5} wrap="nowrap">
                      <Icon size={14} aria-hidden />
                      {t(`sheet.status.${row.status}`)}
                    </Group>
                  </Table.Td>
                  <Table.Td ff="monospace" fz="xs" className={classes.cell}>
                    {row.hint}
                  </Table.Td>
                  <Table.Td>{row.reason === null ? row.label : said(row.reason)}</Table.Td>
                  <Table.Td c="dimmed">{nameOf(row.provider)}</Table.Td>
                </Table.Tr>
              )
            })}
          </Table.Tbody>
        </Table>
        {total > preview.rows.length && (
          <Text size="sm" c="dimmed" p="xs">
            {t('sheet.more', { count: total - preview.rows.length })}
          </Text>
        )}
      </ScrollArea.Autosize>
    </Stack>
  )
}
