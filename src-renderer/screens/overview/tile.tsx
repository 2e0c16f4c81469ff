/** One figure of the overview: a big number, its parts, each a way to the rows behind it. */
import { Group, Paper, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import charts from '../../parts/charts/charts.module.css'
import { HowCounted } from '../../parts/charts/how-counted.tsx'
import classes from './overview.module.css'

export interface TileProps {
  title: string
  /** How the figure is counted. */
  how: string
  value: ReactNode
  children: ReactNode
}

export function Tile({ title, how, value, children }: TileProps) {
  return (
    <Paper component="section" p="sm" aria-label={title}>
      <Group justify="space-between" wrap="nowrap" gap={4}>
        <Title order={2} fz="sm" fw={500} c="dimmed">
          {title}
        </Title>
        <HowCounted text={how} />
      </Group>
      <div className={classes.value}>{value}</div>
      <div className={classes.parts}>{children}</div>
    </Paper>
  )
}

/** A number that leads to its rows. */
export function FigureLink({ href, bad = false, children }: { href: string; bad?: boolean; children: ReactNode }) {
  return (
    <a className={charts.link} href={href} data-tone={bad ? 'bad' : undefined}>
      {children}
    </a>
  )
}
