/** A small sign that says how a figure is counted. */
import { ActionIcon } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'

export function HowCounted({ text }: { text: string }) {
  return (
    <ActionIcon data-tip="" data-tip-by="any" variant="subtle" color="gray" c="dimmed" size="xs" aria-label={text}>
      <IconInfoCircle size={14} />
    </ActionIcon>
  )
}
