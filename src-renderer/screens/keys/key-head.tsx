/** The top of the drawer: name, state with its reason, and what can be done. */
import { Alert, Button, Group, Stack, Text, Title } from '@mantine/core'
import { IconPlayerPause, IconPlayerPlay, IconPlayerTrackNext, IconStethoscope, IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Key, Pool } from '../../../src-preload/contract/index.ts'
import { Ago } from '../../parts/ago.tsx'
import classes from './key-drawer.module.css'
import { KeyState } from './key-state.tsx'
import { useKeyActions } from './use-key-actions.ts'

export function KeyHead({ entry, pools, onRemoved }: { entry: Key; pools: readonly Pool[]; onRemoved: () => void }) {
  const { t } = useTranslation(['keys', 'common'])
  const actions = useKeyActions()
  const waiting = entry.state === 'cooling' || entry.state === 'exhausted' || entry.state === 'invalid'
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
      {waiting && (
        <Alert color={entry.state === 'invalid' ? 'red' : 'amber'} p="xs">
          <Text size="sm">{t(`common:stateMeans.${entry.state}`)}</Text>
          {entry.reason && (
            <Text size="sm" mt={4} ff="monospace" className={classes.reason}>
              {entry.reason}
            </Text>
          )}
        </Alert>
      )}
      <dl className={classes.facts}>
        <Fact name={t('drawer.facts.provider')}>{entry.provider}</Fact>
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
      <Group gap="xs">
        <Button variant="default" leftSection={<IconStethoscope size={15} />} onClick={() => void actions.check([entry])}>
          {t('check')}
        </Button>
        {waiting && (
          <Button variant="default" leftSection={<IconPlayerTrackNext size={15} />} onClick={() => void actions.resume(entry.id)}>
            {t('resume')}
          </Button>
        )}
        <Button
          variant="default"
          leftSection={entry.enabled ? <IconPlayerPause size={15} /> : <IconPlayerPlay size={15} />}
          onClick={() => void actions.enable([entry.id], !entry.enabled)}
        >
          {entry.enabled ? t('disable') : t('enable')}
        </Button>
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
