/** A small sign that says how a figure is counted. */
import { ActionIcon, Tooltip } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'

export function HowCounted({ text }: { text: string }) {
  return (
    <Tooltip label={text} events={{ hover: true, focus: true, touch: true }} openDelay={150}>
      <ActionIcon variant="subtle" color="gray" c="dimmed" size="xs" aria-label={text}>
        <IconInfoCircle size={14} />
      </ActionIcon>
    </Tooltip>
  )
}
