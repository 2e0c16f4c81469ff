/** An answer as it comes: who is asked, what failed before, the thoughts, the words, the pictures, and what it took. */
import { Button, Group, Loader } from '@mantine/core'
import { IconDownload, IconRefresh } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { formatPool } from '../../format.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { useApi } from '../../queries/api.tsx'
import { type Answer, isRunning, type Picture, textOf } from './answer.ts'
import { AnswerEnd } from './answer-end.tsx'
import { AnswerFacts } from './answer-facts.tsx'
import { AnswerTries } from './answer-tries.tsx'
import { urlOf } from './pictures.ts'
import classes from './playground.module.css'
import { RichText } from './rich-text.tsx'
import { again } from './store.ts'
import { useModels } from './use-models.ts'

export function AnswerView({ answer, last }: { answer: Answer; last: boolean }) {
  const { t } = useTranslation('playground')
  const { parts, thinking } = answer
  const running = isRunning(answer)
  return (
    <div className={classes.answer} aria-busy={running}>
      <AnswerTries answer={answer} />
      {thinking !== '' && (
        <details className={classes.thinking}>
          <summary>{t('thinking')}</summary>
          <div className={classes.thoughts}>{thinking}</div>
        </details>
      )}
      {parts.map((part, at) =>
        part.type === 'text' ? <RichText key={at} text={part.text} /> : <Made key={at} image={part.image} number={at + 1} />,
      )}
      {running && <Status answer={answer} />}
      <AnswerEnd answer={answer} />
      {answer.request !== null && <AnswerFacts request={answer.request} />}
      {!running && <Actions answer={answer} last={last} />}
    </div>
  )
}

function Status({ answer: { asking, thinking, parts } }: { answer: Answer }) {
  const { t } = useTranslation('playground')
  const place = [asking && formatPool(asking.pool), asking?.model].filter(Boolean).join(' / ')
  const doing = parts.length > 0 ? 'answers' : thinking === '' ? 'asking' : 'thinks'
  return (
    <div className={classes.status}>
      <Loader size={14} aria-hidden />
      {asking === null ? t('waiting') : t(doing, { key: asking.keyLabel, place })}
    </div>
  )
}

function Made({ image, number }: { image: Picture; number: number }) {
  const { t } = useTranslation('playground')
  const url = urlOf(image)
  return (
    <figure className={classes.figure}>
      <img className={classes.image} src={url} alt={t('made', { number })} />
      <Button
        component="a"
        href={url}
        download={`picture-${number}.${image.mime.slice('image/'.length)}`}
        variant="default"
        size="compact-sm"
        mt={6}
        leftSection={<IconDownload size={14} />}
      >
        {t('saveImage')}
      </Button>
    </figure>
  )
}

function Actions({ answer, last }: { answer: Answer; last: boolean }) {
  const { t } = useTranslation('playground')
  const { client } = useApi()
  const { wanted } = useModels()
  const text = textOf(answer)
  return (
    <Group gap={4} mt={6}>
      {text !== '' && <CopyButton value={text} label={t('copy')} />}
      {last && (
        <Button
          variant="subtle"
          color="gray"
          size="compact-sm"
          leftSection={<IconRefresh size={14} />}
          onClick={() => again(client, wanted)}
          disabled={wanted.length === 0}
        >
          {t('again')}
        </Button>
      )}
    </Group>
  )
}
