/** The top of the drawer: name, state with its reason, and what can be done. */
import { Button, Group, Stack, Title } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay, IconPlayerTrackNext, IconStethoscope, IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Key, Meter, Pool } from '../../../src-preload/contract/index.ts'
import { Ago } from '../../parts/ago.tsx'
import { MeterBar } from '../../parts/limits/meter-bar.tsx'
import { nearestMeter } from '../../parts/limits/meters.ts'
import { useNow } from '../../parts/use-now.ts'
import { useProviderName } from '../../queries/use-provider-name.ts'
import classes from './key-drawer.module.css'
import { KeyStanding } from './key-standing.tsx'
import { KeyState } from './key-state.tsx'
import { standingOf } from './standing.ts'
import { useKeyActions } from './use-key-actions.ts'

export interface KeyHeadProps {
  entry: Key
  pools: readonly Pool[]
  meters: readonly Meter[]
  onRemoved: () => void
  /** Goes to the fields of limits and expiry. */
  onLimits: () => void
}

export function KeyHead({ entry, pools, meters, onRemoved, onLimits }: KeyHeadProps) {
  const { t } = useTranslation(['keys', 'common'])
  const actions = useKeyActions()
  const providerName = useProviderName()
  const standing = standingOf(entry, meters, useNow())
  const nearest = nearestMeter(meters)
  const remove = () => {
    onRemoved()
    void actions.remove([entry.id])
  }
  return (
    <Stack gap="sm">
      <Group justify="space-between" wrap="nowrap">
        <Title order={2} className={classes.title}>
          {entry.label}
        </Title>
        <KeyState entry={entry} pools={pools} />
      </Group>
      {standing && <KeyStanding entry={entry} standing={standing} onLimits={onLimits} />}
      <dl className={classes.facts}>
        <Fact name={t('drawer.facts.provider')}>{providerName(entry.provider)}</Fact>
        <Fact name={t('drawer.facts.account')}>{entry.account?.id ?? t('limits.accountOwn')}</Fact>
        <Fact name={t('drawer.facts.used')}>
          <Ago at={entry.lastUsedAt} />
        </Fact>
        <Fact name={t('drawer.facts.checked')}>
          <Ago at={entry.checkedAt} />
        </Fact>
        <Fact name={t('drawer.facts.added')}>
          <Ago at={entry.createdAt} />
        </Fact>
        <Fact name={t('drawer.facts.inFlight')}>{entry.inFlight}</Fact>
      </dl>
      {nearest && <MeterBar meter={nearest} named />}
      <Group gap="xs">
        {/* What does not serve has its own button above, with why. */}
        {standing?.mend !== 'check' && (
          <Button variant="default" leftSection={<IconStethoscope size={15} />} onClick={() => void actions.check([entry])}>
            {t('check')}
          </Button>
        )}
        {standing?.why === 'invalid' && (
          <Button variant="subtle" leftSection={<IconPlayerTrackNext size={15} />} onClick={() => void actions.resume(entry.id)}>
            {t('resume')}
          </Button>
        )}
        {standing?.why !== 'disabled' && (
          <Button
            variant="default"
            leftSection={entry.enabled ? <IconPlayerPause size={15} /> : <IconPlayerPlay size={15} />}
            onClick={() => void actions.enable([entry.id], !entry.enabled)}
          >
            {entry.enabled ? t('disable') : t('enable')}
          </Button>
        )}
        <Button variant="subtle" color="red" leftSection={<IconTrash size={15} />} onClick={remove}>
          {t('remove')}
        </Button>
      </Group>
    </Stack>
  )
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
