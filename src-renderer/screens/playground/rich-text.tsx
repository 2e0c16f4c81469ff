/** Text with its fenced code set apart; everything else as it came. */
import { useTranslation } from 'react-i18next'
import { CodeBlock } from '../connect/code-block.tsx'
import { blocksOf } from './blocks.ts'
import classes from './playground.module.css'

export function RichText({ text }: { text: string }) {
  const { t } = useTranslation('playground')
  return blocksOf(text).map((block, at) =>
    block.kind === 'code' ? (
      <div key={at} className={classes.block}>
        <CodeBlock title={block.language || t('code')} text={block.text} copyLabel={t('copyCode')} />
      </div>
    ) : (
      <div key={at} className={classes.text}>
        {block.text}
      </div>
    ),
  )
}
