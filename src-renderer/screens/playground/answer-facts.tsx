/** What an answer took: who served it, the tries, time, tokens, money, and its row in Traffic. */
import { Anchor } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { RequestRow } from '../../../src-preload/contract/index.ts'
import { formatCount, formatDuration, formatMoney } from '../../format.ts'
import { hrefOf } from '../../route.ts'
import { AttemptsDots } from '../traffic/attempts-dots.tsx'
import { KeptMark } from '../traffic/kept-mark.tsx'
import classes from './playground.module.css'

export function AnswerFacts({ request }: { request: RequestRow }) {
  const { t, i18n } = useTranslation(['playground', 'common', 'traffic'])
  const { language } = i18n
  const { keyId, keyLabel, pool, modelServed, modelAsked, attempts, msFirstByte, msTotal, inputTokens, outputTokens } = request
  const facts: [string, ReactNode][] = [
    [t('playground:facts.key'), <Served key="key" keyId={keyId} label={keyLabel} kept={request.cache === 'hit'} />],
    [t('playground:facts.pool'), <Link key="pool" href={hrefOf('keys', { pool })} text={pool} />],
    [t('playground:facts.model'), modelServed ?? modelAsked ?? t('common:none')],
    [t('traffic:columns.attempts'), <AttemptsDots key="tries" attempts={attempts} />],
    [t('traffic:columns.timing'), `${formatDuration(msFirstByte, language)} / ${formatDuration(msTotal, language)}`],
    [t('traffic:columns.tokens'), `${formatCount(inputTokens, language)} / ${formatCount(outputTokens, language)}`],
    [t('traffic:columns.cost'), formatMoney(request.costNanos, language)],
    [
      t('playground:facts.row'),
      <Link key="row" href={hrefOf('traffic', { request: request.id })} text={t('playground:facts.inTraffic')} />,
    ],
  ]
  return (
    <dl className={classes.facts}>
      {facts.map(([word, value]) => (
        <div key={word}>
          <dt>{word}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function Served({ keyId, label, kept }: { keyId: string | null; label: string | null; kept: boolean }) {
  const { t } = useTranslation('common')
  if (kept) return <KeptMark />
  return keyId === null ? t('none') : <Link href={hrefOf('keys', { key: keyId })} text={label ?? keyId} />
}

function Link({ href, text }: { href: string; text: string }) {
  return (
    <Anchor href={href} size="sm" underline="always">
      {text}
    </Anchor>
  )
}
