/** Text to be copied whole. */
import { Text } from '@mantine/core'
import { CopyButton } from '../../parts/copy-button.tsx'
import classes from './connect.module.css'

export interface CodeBlockProps {
  /** Where the text goes. */
  title: string
  text: string
  /** What stands there in its place; what is copied is the text. */
  shown?: string
  copyLabel: string
}

export function CodeBlock({ title, text, shown = text, copyLabel }: CodeBlockProps) {
  return (
    <div className={classes.block}>
      <div className={classes.blockHead}>
        <Text size="xs" c="dimmed">
          {title}
        </Text>
        <CopyButton value={text} label={copyLabel} />
      </div>
      {/* Long lines scroll, so the block must be reachable by keyboard. */}
      <pre className={classes.pre} tabIndex={0} role="region" aria-label={title}>
        <code>{shown}</code>
      </pre>
    </div>
  )
}
