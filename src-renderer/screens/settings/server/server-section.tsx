/** Server: the apipool protocol for other machines and programs, and who may log in there. */
import { Alert, Group, Stack, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { CopyButton } from '../../../parts/copy-button.tsx'
import { Section } from '../../../parts/page.tsx'
import { useProxySwitch } from '../../../queries/use-proxy-switch.ts'
import { Facts } from '../facts.tsx'
import { SettingSwitch } from '../setting-switch.tsx'
import type { Draft } from '../use-draft.ts'
import { UsersCard } from './users-card.tsx'

export function ServerSection({ draft, adding }: { draft: Draft; adding: boolean }) {
  const { t } = useTranslation('servers')
  const { status } = useProxySwitch()
  const { value } = draft
  if (!value) return null
  const address = status?.url ?? `http://127.0.0.1:${value.proxyPort}`
  return (
    <>
      <Section title={t('server.title')} description={t('server.text')}>
        <Stack gap="lg" maw={600}>
          <SettingSwitch draft={draft} field="apipoolServer" label={t('server.on')} description={t('server.onHint')} />
          {value.apipoolServer && (
            <Facts
              facts={[
                [
                  t('server.address'),
                  <Group key="address" gap={4}>
                    <Text size="sm" ff="monospace">
                      {address}
                    </Text>
                    <CopyButton value={address} label={t('server.copyAddress')} />
                  </Group>,
                ],
              ]}
            />
          )}
          <SettingSwitch
            draft={draft}
            field="apipoolRegistration"
            label={t('server.registration')}
            description={t('server.registrationHint')}
          />
          <SettingSwitch draft={draft} field="apipoolReveal" label={t('server.reveal')} description={t('server.revealHint')} />
          {value.apipoolReveal && (
            <Alert color="amber" icon={<IconAlertTriangle />}>
              {t('server.revealWarning')}
            </Alert>
          )}
        </Stack>
      </Section>
      <UsersCard adding={adding} />
    </>
  )
}
