/** One account: its keys, its nearest limit, and on demand all of them. */
import { Anchor, Collapse, Stack, Text, UnstyledButton } from '@mantine/core'
import { IconChevronRight } from '@tabler/icons-react'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Account, type KeyState, keyStates } from '../../../src-preload/contract/index.ts'
import { MeterBar } from '../../parts/limits/meter-bar.tsx'
import { MeterList } from '../../parts/limits/meter-list.tsx'
import { StateIcon } from '../../parts/state-badge.tsx'
import { setParams } from '../../route.ts'
import classes from './accounts.module.css'
import { nameOf, tellingMeter } from './accounts.ts'

export function AccountRow({ account }: { account: Account }) {
  const { t } = useTranslation(['pools'])
  const [open, setOpen] = useState(false)
  const panel = useId()
  const { keys, meters, source } = account
  const name = nameOf(account)
  const ready = keys.filter(({ state }) => state === 'ready' || state === 'unchecked').length
  const telling = tellingMeter(account)
  return (
    <li className={classes.account}>
      <div className={classes.head}>
        <IconChevronRight size={15} className={classes.chevron} data-open={open || undefined} aria-hidden />
        <UnstyledButton className={classes.name} onClick={() => setOpen(!open)} aria-expanded={open} aria-controls={panel}>
          <Text size="sm" fw={600} truncate>
            {name}
          </Text>
          <Text size="xs" c="dimmed">
            {t('accounts.keys', { count: keys.length })} · {t(`accounts.source.${source}`)}
          </Text>
        </UnstyledButton>
        <span className={classes.ready} data-none={ready === 0 || undefined}>
          {t('accounts.ready', { ready, total: keys.length })}
        </span>
        <div className={classes.telling}>{telling && !open && <MeterBar meter={telling} named />}</div>
      </div>
      <Collapse expanded={open} id={panel}>
        {open && (
          <Stack gap="md" className={classes.panel}>
            <ul className={classes.keys}>
              {keys.map(({ id, label, state }) => (
                <li key={id}>
                  <KeyLink id={id} label={label} state={state} />
                </li>
              ))}
            </ul>
            {meters.length === 0 ? (
              <Text size="sm" c="dimmed">
                {t('accounts.noLimits')}
              </Text>
            ) : (
              <MeterList meters={meters} />
            )}
          </Stack>
        )}
      </Collapse>
    </li>
  )
}

function KeyLink({ id, label, state }: Account['keys'][number]) {
  const { t } = useTranslation()
  const known: KeyState | undefined = keyStates.find((one) => one === state)
  return (
    <Anchor component="button" type="button" size="sm" className={classes.key} onClick={() => setParams({ key: id })}>
      {known && <StateIcon state={known} size={14} />}
      {label}
      {known && known !== 'ready' && ` · ${t(`states.${known}`)}`}
    </Anchor>
  )
}
