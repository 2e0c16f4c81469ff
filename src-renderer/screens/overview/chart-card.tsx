/** The frame of a chart: title, how it is counted, and the same numbers as a table for whoever cannot or will not read a chart. */
import { Button, Group, Paper, Stack, Title } from '@mantine/core'
import { IconChartBar, IconTable } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { HowCounted } from './how-counted.tsx'
import classes from './overview.module.css'

interface LegendEntry {
  name: string
  label: string
  color: string
  /** The series' sum, as text. */
  value: string
  /** The requests behind it; null when they cannot be told apart. */
  href: string | null
}

export interface ChartCardProps {
  title: string
  how: string
  legend: readonly LegendEntry[]
  chart: ReactNode
  table: ReactNode
  /** Shown in place of chart and table. */
  empty: string | null
}

export function ChartCard({ title, how, legend, chart, table, empty }: ChartCardProps) {
  const { t } = useTranslation('overview')
  const [asTable, setAsTable] = useState(false)
  return (
    <Paper component="section" p="sm" aria-label={title}>
      <Stack gap="xs">
        <Group justify="space-between" wrap="nowrap">
          <Group gap={4} wrap="nowrap">
            <Title order={2} fz="sm">
              {title}
            </Title>
            <HowCounted text={how} />
          </Group>
          {empty === null && (
            <Button
              variant="subtle"
              color="gray"
              size="compact-xs"
              leftSection={asTable ? <IconChartBar size={14} /> : <IconTable size={14} />}
              onClick={() => setAsTable(!asTable)}
            >
              {t(asTable ? 'charts.asChart' : 'charts.asTable')}
            </Button>
          )}
        </Group>
        {empty === null ? (
          <>
            <Legend entries={legend} />
            {asTable ? <div className={classes.scroll}>{table}</div> : chart}
          </>
        ) : (
          <div className={classes.nothing}>{empty}</div>
        )}
      </Stack>
    </Paper>
  )
}

function Legend({ entries }: { entries: readonly LegendEntry[] }) {
  return (
    <ul className={classes.legend}>
      {entries.map(({ name, label, color, value, href }) => (
        <li key={name}>
          <span className={classes.swatch} style={{ background: color }} />
          {href === null ? (
            <span>{label}</span>
          ) : (
            <a className={classes.link} href={href}>
              {label}
            </a>
          )}
          <b>{value}</b>
        </li>
      ))}
    </ul>
  )
}
