/** What to do when there is nothing yet: one sentence and one action. */
import { Button, EmptyState as MantineEmptyState } from '@mantine/core'
import type { ReactNode } from 'react'

export interface EmptyStateProps {
  icon: ReactNode
  title: string
  text?: string
  action?: { label: string; run: () => void; icon?: ReactNode }
}

export function EmptyState({ icon, title, text, action }: EmptyStateProps) {
  return (
    <MantineEmptyState icon={icon} title={title} description={text} variant="light" color="gray" py="xl">
      {action && (
        <MantineEmptyState.Actions>
          <Button onClick={action.run} leftSection={action.icon}>
            {action.label}
          </Button>
        </MantineEmptyState.Actions>
      )}
    </MantineEmptyState>
  )
}
