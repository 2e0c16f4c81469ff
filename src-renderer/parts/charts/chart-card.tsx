/** The frame of a chart: what it shows in one sentence, how it is counted, and the same numbers as a table and as a file. */
import { ActionIcon, Button, Group, Paper, Stack, Table, Text, Title, type TitleOrder } from '@mantine/core'
import { IconChartBar, IconFileDownload, IconTable } from '@tabler/icons-react'
import { type ReactNode, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { download } from '../download.ts'
import classes from './charts.module.css'
import { type FigureCell, type Figures, figuresCsv } from './figures.ts'
import { HowCounted } from './how-counted.tsx'
import { type FillOf, type Look, Swatch } from './look.tsx'

export interface Series {
  /** In the file. */
  name: string
  label: string
  look: Look
  dashed?: boolean
  /** Of the whole range, as text. */
  value: string
  /** The requests behind it; null when they cannot be told apart. */
  href: string | null
}

export interface ChartCardProps {
  title: string
  /** Of its heading; 2 unless told. */
  order?: TitleOrder
  how: string
  /** What the chart says, in a sentence with figures. */
  says: string
  legend?: { entries: readonly Series[]; fillOf: FillOf }
  /** Between legend and drawing: what the drawing leaves out. */
  note?: ReactNode
  /** Choices beside the title. */
  controls?: ReactNode
  /** Null = there is only the table. */
  chart: ReactNode
  /** Made when the table or the file is asked for. */
  figures: () => Figures
  /** Name of the file, without its ending. */
  file: string
  /** Shown in place of everything else. */
  empty: ReactNode
}

export function ChartCard({ title, order = 2, how, says, legend, note, controls, chart, figures, file, empty }: ChartCardProps) {
  const [asTable, setAsTable] = useState(false)
  const sentence = useId()
  return (
    <Paper component="section" p="sm" aria-label={title} aria-describedby={empty === null ? sentence : undefined}>
      <Stack gap={8} h="100%">
        <Group justify="space-between" wrap="nowrap" gap="xs">
          <Group gap={4} wrap="nowrap" miw={0}>
            <Title order={order} fz="sm">
              {title}
            </Title>
            <HowCounted text={how} />
          </Group>
          <Group gap={4} wrap="nowrap">
            {controls}
            {empty === null && chart !== null && <TableSwitch asTable={asTable} onChange={setAsTable} title={title} />}
            {empty === null && <FileButton title={title} file={file} figures={figures} />}
          </Group>
        </Group>
        {empty === null ? (
          <>
            <Text id={sentence} size="xs" c="dimmed" className={classes.says}>
              {says}
            </Text>
            {legend && <Legend {...legend} />}
            {note}
            {asTable || chart === null ? <FigureTable title={title} figures={figures()} /> : chart}
          </>
        ) : (
          <div className={classes.nothing}>{empty}</div>
        )}
      </Stack>
    </Paper>
  )
}

function TableSwitch({ asTable, onChange, title }: { asTable: boolean; onChange: (table: boolean) => void; title: string }) {
  const { t } = useTranslation('charts')
  const Icon = asTable ? IconChartBar : IconTable
  const text = t(asTable ? 'asChart' : 'asTable')
  return (
    <Button
      variant="subtle"
      color="gray"
      size="compact-xs"
      leftSection={<Icon size={14} />}
      aria-label={`${text}: ${title}`}
      onClick={() => onChange(!asTable)}
    >
      {t(asTable ? 'chart' : 'table')}
    </Button>
  )
}

function FileButton({ title, file, figures }: { title: string; file: string; figures: () => Figures }) {
  const { t } = useTranslation('charts')
  const text = t('csv')
  const save = () => {
    const day = new Date().toISOString().slice(0, 10)
    download(`keywheel-${file}-${day}.csv`, 'text/csv;charset=utf-8', figuresCsv(figures()))
  }
  return (
    <ActionIcon data-tip={text} variant="subtle" color="gray" size="sm" aria-label={`${text}: ${title}`} onClick={save}>
      <IconFileDownload size={15} />
    </ActionIcon>
  )
}

function Legend({ entries, fillOf }: { entries: readonly Series[]; fillOf: FillOf }) {
  return (
    <ul className={classes.legend}>
      {entries.map(({ name, label, look, dashed = false, value, href }) => (
        <li key={name}>
          <Swatch look={look} fillOf={fillOf} dashed={dashed} />
          {href === null ? (
            <span className={classes.name}>{label}</span>
          ) : (
            <a className={`${classes.link} ${classes.name}`} href={href}>
              {label}
            </a>
          )}
          <b>{value}</b>
        </li>
      ))}
    </ul>
  )
}

function FigureTable({ title, figures: { head, columns, rows } }: { title: string; figures: Figures }) {
  return (
    <div className={classes.scroll}>
      <Table stickyHeader aria-label={title} verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{head.label}</Table.Th>
            {columns.map(({ name, label }) => (
              <Table.Th key={name} className={classes.number}>
                {label}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(({ id, label, href, cells }) => (
            <Table.Tr key={id}>
              <Table.Th scope="row" className={classes.row}>
                <Linked href={href} text={label} />
              </Table.Th>
              {columns.map((column, index) => (
                <Table.Td key={column.name} className={classes.number}>
                  <Value cell={cells[index]} text={column.text} />
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}

function Value({ cell, text }: { cell: FigureCell | undefined; text: (value: number | null) => string }) {
  return <Linked href={cell?.href ?? null} text={text(cell?.value ?? null)} bad={cell?.bad ?? false} />
}

function Linked({ href, text, bad = false }: { href: string | null; text: string; bad?: boolean }) {
  if (href === null) return <span data-tone={bad ? 'bad' : undefined}>{text}</span>
  return (
    <a className={classes.link} href={href} data-tone={bad ? 'bad' : undefined}>
      {text}
    </a>
  )
}
