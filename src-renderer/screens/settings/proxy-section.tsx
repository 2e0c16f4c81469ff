/** Proxy: where it listens and who may call. */
import { Alert, Button, Group, NumberInput, Stack, TagsInput, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { formatTime } from '../../format.ts'
import { said } from '../../i18n/said.ts'
import { Section } from '../../parts/page.tsx'
import { useNow } from '../../parts/use-now.ts'
import { useProxySwitch } from '../../queries/use-proxy-switch.ts'
import { FieldDefault } from './field-default.tsx'
import { SettingSwitch } from './setting-switch.tsx'
import { type Draft, defaultSettings } from './use-draft.ts'

export function ProxySection({ draft }: { draft: Draft }) {
  const { t } = useTranslation('settings')
  const { value, set, errors, changes } = draft
  const { on } = useProxySwitch()
  if (!value) return null
  return (
    <Section title={t('sections.proxy')}>
      <Stack gap="lg" maw={560}>
        <ProxyState />
        <div>
          <NumberInput
            label={t('proxy.port')}
            description={t('proxy.portHint')}
            value={value.proxyPort}
            onChange={(port) => set('proxyPort', Number(port))}
            min={0}
            max={65_535}
            clampBehavior="none"
            allowDecimal={false}
            error={errors.proxyPort}
            maw={220}
          />
          <FieldDefault
            name={t('proxy.port')}
            value={String(defaultSettings.proxyPort)}
            isDefault={value.proxyPort === defaultSettings.proxyPort}
            onReset={() => set('proxyPort', defaultSettings.proxyPort)}
          />
          {on && changes.proxyPort !== undefined && (
            <Text size="sm" mt={4}>
              {t('proxy.portMoves')}
            </Text>
          )}
        </div>
        <SettingSwitch draft={draft} field="proxyRestore" label={t('proxy.restore')} description={t('proxy.restoreHint')} />
        <SettingSwitch draft={draft} field="connectRequests" label={t('proxy.connect')} description={t('proxy.connectHint')} />
        <div>
          <TagsInput
            label={t('proxy.origins')}
            description={t('proxy.originsHint')}
            placeholder={t('proxy.originsAdd')}
            value={value.proxyOrigins}
            onChange={(origins) => set('proxyOrigins', origins)}
            maxTags={32}
            error={errors.proxyOrigins}
          />
          <FieldDefault
            name={t('proxy.origins')}
            value={t('proxy.none')}
            isDefault={value.proxyOrigins.length === 0}
            onReset={() => set('proxyOrigins', [])}
          />
        </div>
      </Stack>
    </Section>
  )
}

/** What the proxy reports, with its switch and, where a port is taken, the next free one. */
function ProxyState() {
  const { t, i18n } = useTranslation(['settings', 'common'])
  const { status, on, canToggle, toggle, start, pending } = useProxySwitch()
  const now = useNow()
  if (!status) return null
  const nextPort = status.reason?.nextPort ?? null
  const since = formatTime(status.since, now, i18n.language)
  return (
    <Stack gap="xs">
      <Group gap="sm">
        <Text size="sm">
          <b>{t(`common:proxy.states.${status.state}`)}</b> {t('settings:proxy.since', { time: since })}
          {status.url && ` · ${status.url}`}
        </Text>
        <Button variant="default" size="compact-sm" onClick={toggle} disabled={!canToggle} loading={pending}>
          {t(on ? 'common:proxy.turnOff' : 'common:proxy.turnOn')}
        </Button>
      </Group>
      {status.reason && (
        <Alert color={status.state === 'error' ? 'red' : 'amber'}>
          <Group justify="space-between" gap="sm">
            <Text size="sm">{said(status.reason.message)}</Text>
            {nextPort !== null && (
              <Button size="compact-sm" onClick={() => start(nextPort)} loading={pending}>
                {t('common:proxy.usePort', { port: nextPort })}
              </Button>
            )}
          </Group>
        </Alert>
      )}
    </Stack>
  )
}
