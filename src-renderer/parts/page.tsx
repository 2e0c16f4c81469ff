/** The frame of a screen: its title, what can be done on it, and its content. */
import { Box, Group, Paper, Stack, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './page.module.css'

export interface PageProps {
  title: string
  /** One sentence below the title. */
  description?: ReactNode
  /** Buttons and filters at the right of the title. */
  actions?: ReactNode
  /** The content fills the height and scrolls inside itself (tables). */
  fill?: boolean
  children: ReactNode
}

export function Page({ title, description, actions, fill = false, children }: PageProps) {
  return (
    <Box className={classes.page} data-fill={fill || undefined}>
      <Group className={classes.head} justify="space-between" align="center" gap="sm">
        <div>
          <Title order={1}>{title}</Title>
          {description && (
            <Text size="sm" c="dimmed">
              {description}
            </Text>
          )}
        </div>
        {actions && (
          <Group gap="xs" wrap="nowrap">
            {actions}
          </Group>
        )}
      </Group>
      <Box className={classes.body}>{children}</Box>
    </Box>
  )
}

export interface SectionProps {
  title?: string
  description?: ReactNode
  actions?: ReactNode
  children: ReactNode
}

/** A panel of a screen with a heading of its own. */
export function Section({ title, description, actions, children }: SectionProps) {
  return (
    <Paper component="section" p="md" aria-label={title}>
      <Stack gap="sm">
        {(title || actions) && (
          <Group justify="space-between" align="flex-start" gap="sm">
            <div className={classes.title}>
              {title && <Title order={2}>{title}</Title>}
              {description && (
                <Text size="sm" c="dimmed" mt={2}>
                  {description}
                </Text>
              )}
            </div>
            {actions && <Group gap="xs">{actions}</Group>}
          </Group>
        )}
        {children}
      </Stack>
    </Paper>
  )
}
