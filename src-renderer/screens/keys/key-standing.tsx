/** Why a key does not serve, in plain words, with the one action that mends it. */
import { Alert, Button, Group, Text } from '@mantine/core'
import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import type { Key, Meter } from '../../../src-preload/contract/index.ts'
import { formatCountdown, formatDateTime } from '../../format.ts'
import { said } from '../../i18n/said.ts'
import { useMeterWords } from '../../parts/limits/use-meter-words.ts'
import { useNow } from '../../parts/use-now.ts'
import classes from './key-drawer.module.css'
import type { Mend, Standing } from './standing.ts'
import { useKeyActions } from './use-key-actions.ts'

/** Reasons that come in the provider's own words; of the others the sentence says all. */
const providersOwn: ReadonlySet<Standing['why']> = new Set(['invalid', 'cooling', 'exhausted'])

export interface KeyStandingProps {
  entry: Key
  standing: Standing
  /** Goes to the fields of limits and expiry. */
  onLimits: () => void
}

export function KeyStanding({ entry, standing, onLimits }: KeyStandingProps) {
  const { t, i18n } = useTranslation(['keys', 'common', 'limits'])
  const words = useMeterWords()
  const actions = useKeyActions()
  const mends: Record<Mend, () => void> = {
    enable: () => void actions.enable([entry.id], true),
    resume: () => void actions.resume(entry.id),
    check: () => void actions.check([entry]),
    extend: onLimits,
    limits: onLimits,
  }
  const { why, mend, meter } = standing
  const sentence =
    entry.model !== null && (why === 'cooling' || why === 'exhausted')
      ? (`standing.ofModel.${why}` as const)
      : (`standing.why.${why}` as const)
  const limitText = (limit: Meter) =>
    [words.title(limit), t('limits:of', { used: words.amount(limit, limit.used), limit: words.amount(limit, limit.limit) })].join(
      ', ',
    )
  return (
    <Alert color={why === 'invalid' ? 'red' : why === 'disabled' ? 'gray' : 'amber'} p="xs">
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <div>
          <Text size="sm">
            {t(sentence, {
              model: entry.model ?? '',
              limit: meter ? limitText(meter) : '',
              at: entry.expiresAt === null ? '' : formatDateTime(entry.expiresAt, i18n.language),
            })}{' '}
            <Back entry={entry} until={meter?.resetsAt ?? entry.until} t={t} />
          </Text>
          {entry.reason && providersOwn.has(why) && (
            <Text size="sm" mt={4} ff="monospace" className={classes.reason}>
              {said(entry.reason)}
            </Text>
          )}
        </div>
        <Button variant="default" size="compact-sm" onClick={mends[mend]} className={classes.mend}>
          {t(`standing.mend.${mend}`)}
        </Button>
      </Group>
    </Alert>
  )
}

function Back({ entry, until, t }: { entry: Key; until: number | null; t: TFunction<['keys', 'common']> }) {
  const { i18n } = useTranslation()
  const now = useNow()
  if (!entry.enabled || until === null || until <= now) return null
  return t('standing.back', { time: formatCountdown(until - now, i18n.language) })
}
