/** Network: how calls leave this machine, what is reached directly, and whose certificates count. */
import { Stack, Textarea, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { OutboundField } from '../../parts/outbound-field.tsx'
import { Section } from '../../parts/page.tsx'
import { FieldDefault } from './field-default.tsx'
import { type Draft, defaultSettings } from './use-draft.ts'

export function NetworkSection({ draft }: { draft: Draft }) {
  const { t } = useTranslation(['settings', 'fields'])
  const { value, set, errors } = draft
  if (!value) return null
  return (
    <Section title={t('settings:sections.network')} description={t('settings:network.text')}>
      <Stack gap="lg" maw={560}>
        <div>
          <OutboundField
            label={t('settings:network.outbound')}
            description={t('settings:network.outboundHint')}
            value={value.outbound}
            onChange={(outbound) => set('outbound', outbound ?? defaultSettings.outbound)}
            error={errors.outbound}
          />
          <FieldDefault
            name={t('settings:network.outbound')}
            value={t('fields:outbound.system')}
            isDefault={value.outbound === defaultSettings.outbound}
            onReset={() => set('outbound', defaultSettings.outbound)}
          />
        </div>
        <div>
          <Textarea
            label={t('settings:network.noProxy')}
            description={t('settings:network.noProxyHint')}
            placeholder="localhost, .example.com, 10.0.0.0/8"
            value={value.noProxy}
            onChange={(event) => set('noProxy', event.currentTarget.value)}
            autosize
            minRows={2}
            maxLength={4000}
            error={errors.noProxy}
            spellCheck={false}
          />
          <FieldDefault
            name={t('settings:network.noProxy')}
            value={t('settings:proxy.none')}
            isDefault={value.noProxy === defaultSettings.noProxy}
            onReset={() => set('noProxy', defaultSettings.noProxy)}
          />
        </div>
        <div>
          <TextInput
            label={t('settings:network.caFile')}
            description={t('settings:network.caFileHint')}
            placeholder="/etc/ssl/my-company.pem"
            value={value.caFile ?? ''}
            onChange={(event) => set('caFile', event.currentTarget.value.trim() || null)}
            maxLength={1024}
            error={errors.caFile}
            spellCheck={false}
          />
          <FieldDefault
            name={t('settings:network.caFile')}
            value={t('settings:proxy.none')}
            isDefault={value.caFile === null}
            onReset={() => set('caFile', null)}
          />
        </div>
      </Stack>
    </Section>
  )
}
