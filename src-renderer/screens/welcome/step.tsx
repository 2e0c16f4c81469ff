/** One step of Welcome: its number or a tick, its heading, and its content while it is open. */
import { Group, Paper, Text, Title } from '@mantine/core'
import { IconCheck } from '@tabler/icons-react'
import { Children, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './welcome.module.css'

export interface StepProps {
  number: number
  title: string
  /** What came of it, once it is done; or why it waits. */
  summary?: string | undefined
  done: boolean
  /** Nothing can be done here yet. */
  waiting?: boolean
  children?: ReactNode
}

export function Step({ number, title, summary, done, waiting = false, children }: StepProps) {
  const { t } = useTranslation(['welcome'])
  return (
    <Paper component="li" p="md" className={classes.step} data-waiting={waiting || undefined}>
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <span
          className={classes.number}
          data-done={done || undefined}
          aria-label={done ? t('finished') : t('step', { number })}
          role="img"
        >
          {done ? <IconCheck size={15} /> : number}
        </span>
        <div className={classes.content}>
          <Title order={2}>{title}</Title>
          {summary && (
            <Text size="sm" c="dimmed">
              {summary}
            </Text>
          )}
          {Children.toArray(children).length > 0 && <div className={classes.body}>{children}</div>}
        </div>
      </Group>
    </Paper>
  )
}
