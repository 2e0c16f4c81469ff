/** The proxy in the header: switch, state as reported, address. */
import { Button, Code, Group, Switch, Text, Tooltip, VisuallyHidden } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { CopyButton } from '../parts/copy-button.tsx'
import { useProxySwitch } from '../queries/use-proxy-switch.ts'
import classes from './proxy-control.module.css'

export function ProxyControl() {
  const { t } = useTranslation()
  const { status, on, canToggle, toggle, start, pending } = useProxySwitch()
  if (!status) return null
  const word = t(`proxy.states.${status.state}`)
  const nextPort = status.state === 'error' ? (status.reason?.nextPort ?? null) : null
  return (
    <Group gap="xs" wrap="nowrap" className={classes.control} data-tour="proxy" data-state={status.state}>
      <Tooltip label={status.reason?.message ?? (on ? t('proxy.turnOff') : t('proxy.turnOn'))}>
        <div>
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
      </Tooltip>
      {status.url && (
        <Group gap={2} wrap="nowrap" className={classes.address}>
          <Code className={classes.url}>{status.url.replace(/^http:\/\//, '')}</Code>
          <CopyButton value={status.url} label={t('proxy.copyAddress')} />
        </Group>
      )}
      {nextPort !== null && (
        <Button size="compact-sm" variant="light" onClick={() => start(nextPort)} loading={pending}>
          {t('proxy.usePort', { port: nextPort })}
        </Button>
      )}
      {status.state === 'error' && (
        <Text size="xs" className={classes.reason} truncate>
          {status.reason?.message}
        </Text>
      )}
      <VisuallyHidden role="status">{[word, status.reason?.message].filter(Boolean).join('. ')}</VisuallyHidden>
    </Group>
  )
}
