/** What did not serve, in its order and in words, as it happens. */
import { Anchor } from '@mantine/core'
import { IconArrowForwardUp } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { formatDuration } from '../../format.ts'
import { said } from '../../i18n/said.ts'
import { hrefOf } from '../../route.ts'
import { OutcomeBadge } from '../traffic/outcome.tsx'
import type { Answer } from './answer.ts'
import classes from './playground.module.css'

export function AnswerTries({ answer }: { answer: Answer }) {
  const { t, i18n } = useTranslation('playground')
  const { attempts, passedOver } = answer
  if (attempts.length + passedOver.length === 0) return null
  return (
    <ol className={classes.tries} aria-label={t('tries')}>
      {attempts.map(({ keyId, keyLabel, outcome, status, ms, message }, at) => (
        <li key={at} className={classes.try}>
          <OutcomeBadge outcome={outcome} />
          <Anchor href={hrefOf('keys', { key: keyId })} size="sm" underline="always">
            {keyLabel}
          </Anchor>
          <span className={classes.why}>
            {[status, formatDuration(ms, i18n.language), message && said(message)]
              .filter((part) => part !== null && part !== '')
              .join(' · ')}
          </span>
        </li>
      ))}
      {passedOver.map(({ model, message }) => (
        <li key={model} className={classes.try}>
          <IconArrowForwardUp size={15} aria-hidden />
          <span className={classes.why}>{t('passedOver', { model, message: said(message) })}</span>
        </li>
      ))}
    </ol>
  )
}
