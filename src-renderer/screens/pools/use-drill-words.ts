/** What a drill has seen, in the person's language. */
import { useTranslation } from 'react-i18next'
import { type DrillSentence, outcomes } from '../../../src-preload/contract/index.ts'
import { formatDuration } from '../../format.ts'

/** Whatever may stand in a sentence; each has some of it. */
const nothing = {
  accounts: '',
  answer: '',
  blamed: '',
  error: '',
  health: '',
  key: '',
  keys: '',
  lost: '',
  others: '',
  outcome: '',
  rest: '',
  seconds: '',
  shown: '',
  total: '',
  wanted: '',
}

export function useDrillWords(): (said: readonly DrillSentence[]) => string {
  const { t, i18n } = useTranslation(['pools', 'common'])
  const clause = ({ id, values }: Pick<DrillSentence, 'id' | 'values'>): string => {
    const outcome = outcomes.find((one) => one === values['outcome'])
    const held = Number(values['held'])
    return t(`drill.said.${id}`, {
      ...nothing,
      ...values,
      ...(outcome && { outcome: t(`common:outcomes.${outcome}`) }),
      count: Number(values['count']),
      held: held < 0 ? t('drill.ever') : formatDuration(held, i18n.language),
    })
  }
  const sentence = ({ because, in: place, ...main }: DrillSentence): string => {
    const said = clause(main)
    const whole = because ? t('drill.because', { said, reason: clause(because) }) : t('drill.plainly', { said })
    return place ? t(`drill.in.${place}`, { said: whole }) : whole
  }
  return (said) => said.map(sentence).join(' ')
}
