/** Why an answer ended otherwise than it should. */
import { Alert, Text } from '@mantine/core'
import { IconAlertTriangle, IconHandStop, IconScissors } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { said } from '../../i18n/said.ts'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { problemOf } from '../../parts/problem.ts'
import { useProxySwitch } from '../../queries/use-proxy-switch.ts'
import type { Answer } from './answer.ts'
import classes from './playground.module.css'

export function AnswerEnd({ answer: { state, failure, error, stop, parts } }: { answer: Answer }) {
  const { t } = useTranslation(['playground', 'connect', 'common'])
  const { start } = useProxySwitch()
  if (error !== null) {
    const off = problemOf(error).code === 'PROXY_OFF'
    return <ErrorNotice error={error} {...(off && { action: { label: t('connect:address.on'), run: () => start() } })} />
  }
  if (failure !== null) {
    return (
      <Alert color="red" icon={<IconAlertTriangle />} title={t('playground:failed')} role="alert" mt={4}>
        <Text size="sm" className={classes.text}>
          {said(failure.message)}
        </Text>
        <Text size="xs">{t('common:error.code', { code: failure.code })}</Text>
      </Alert>
    )
  }
  const words = note({ state, stop, empty: parts.length === 0 })
  if (words === null) return null
  const Icon = state === 'stopped' ? IconHandStop : IconScissors
  return (
    <div className={classes.status}>
      <Icon size={15} aria-hidden />
      {t(`playground:ends.${words}`)}
    </div>
  )
}

interface End extends Pick<Answer, 'state' | 'stop'> {
  empty: boolean
}

function note({ state, stop, empty }: End): 'stopped' | 'length' | 'filtered' | 'refusal' | 'empty' | null {
  if (state === 'stopped') return 'stopped'
  if (state !== 'done') return null
  if (stop === 'length' || stop === 'filtered' || stop === 'refusal') return stop
  // A turn of a saved prompt that has no answer yet has no end either.
  return empty && stop !== null ? 'empty' : null
}
