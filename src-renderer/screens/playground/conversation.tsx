/** What was said, and what was answered; follows what comes as long as its end is in view. */
import { Text } from '@mantine/core'
import { useLayoutEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useStore } from '../../shell/store.ts'
import { AnswerView } from './answer-view.tsx'
import { urlOf } from './pictures.ts'
import classes from './playground.module.css'
import type { Turn } from './session.ts'
import { session } from './store.ts'

/** Pixels from the end that still count as being there. */
const nearEnd = 48

export function Conversation() {
  const { t } = useTranslation('playground')
  const { turns } = useStore(session)
  const box = useRef<HTMLDivElement>(null)
  const follows = useRef(true)
  useLayoutEffect(() => {
    if (follows.current && box.current) box.current.scrollTop = box.current.scrollHeight
  })
  return (
    <div
      ref={box}
      className={classes.turns}
      tabIndex={0}
      role="region"
      aria-label={t('turns')}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        follows.current = scrollHeight - scrollTop - clientHeight < nearEnd
      }}
    >
      {turns.length === 0 ? (
        <div className={classes.start}>
          <Text c="dimmed">{t('start')}</Text>
        </div>
      ) : (
        turns.map((turn, at) => <TurnView key={turn.id} turn={turn} last={at === turns.length - 1} />)
      )}
    </div>
  )
}

function TurnView({ turn: { text, pictures, answer }, last }: { turn: Turn; last: boolean }) {
  const { t } = useTranslation('playground')
  return (
    <article className={classes.turn} aria-label={text.slice(0, 80) || t('answer')}>
      {(text !== '' || pictures.length > 0) && (
        <div className={classes.said}>
          {pictures.length > 0 && (
            <div className={classes.pictures}>
              {pictures.map((picture, at) => (
                <img key={at} className={classes.thumb} src={urlOf(picture)} alt={t('picture', { number: at + 1 })} />
              ))}
            </div>
          )}
          <div className={classes.text}>{text}</div>
        </div>
      )}
      <AnswerView answer={answer} last={last} />
    </article>
  )
}
