/** The proxy in the header: switch, state as reported, address. Why it failed, and the mend, is in a banner below. */
import { Code, Group, Switch, VisuallyHidden } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { said } from '../i18n/said.ts'
import { CopyButton } from '../parts/copy-button.tsx'
import { useProxySwitch } from '../queries/use-proxy-switch.ts'
import classes from './proxy-control.module.css'

export function ProxyControl() {
  const { t } = useTranslation()
  const { status, on, canToggle, toggle, pending } = useProxySwitch()
  if (!status) return null
  const word = t(`proxy.states.${status.state}`)
  return (
    <Group gap="xs" wrap="nowrap" className={classes.control} data-tour="proxy" data-state={status.state}>
      <div data-tip={status.reason ? said(status.reason.message) : t(on ? 'proxy.turnOff' : 'proxy.turnOn')}>
        <Switch
          size="sm"
          color={status.state === 'degraded' ? 'amber' : 'green'}
          checked={on || status.state === 'starting'}
          disabled={!canToggle || pending}
          onChange={toggle}
          label={word}
          classNames={{ label: classes.label }}
        />
      </div>
      {status.url && (
        <Group gap={2} wrap="nowrap" className={classes.address}>
          <Code className={classes.url}>{status.url.replace(/^http:\/\//, '')}</Code>
          <CopyButton value={status.url} label={t('proxy.copyAddress')} />
        </Group>
      )}
      <VisuallyHidden role="status">
        {[word, status.reason && said(status.reason.message)].filter(Boolean).join('. ')}
      </VisuallyHidden>
    </Group>
  )
}
