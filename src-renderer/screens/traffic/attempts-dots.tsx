/** The tries of a request in their order, one sign each. */
import { useTranslation } from 'react-i18next'
import type { Attempt } from '../../../src-preload/contract/index.ts'
import { OutcomeIcon } from './outcome.tsx'
import classes from './traffic.module.css'

const shownTries = 5

export function AttemptsDots({ attempts }: { attempts: readonly Attempt[] }) {
  const { t } = useTranslation(['traffic', 'common'])
  if (attempts.length === 0) return <span aria-label={t('traffic:detail.noAttempts')}>{t('common:none')}</span>
  const list = attempts.map(({ keyLabel, outcome }) => `${keyLabel}: ${t(`common:outcomes.${outcome}`)}`).join(' → ')
  const words = t('traffic:tries', { count: attempts.length, list })
  return (
    <span data-tip="" className={classes.dots} role="img" aria-label={words}>
      {attempts.slice(0, shownTries).map(({ outcome }, index) => (
        <OutcomeIcon key={index} outcome={outcome} size={14} />
      ))}
      {attempts.length > shownTries && <span>+{attempts.length - shownTries}</span>}
    </span>
  )
}
