/** A setting that is on or off, with the way back to its default. */
import { Switch } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Settings } from '../../../src-preload/contract/index.ts'
import { FieldDefault } from './field-default.tsx'
import { type Draft, defaultSettings } from './use-draft.ts'

type SwitchField = { [Name in keyof Settings]: Settings[Name] extends boolean ? Name : never }[keyof Settings]

export interface SettingSwitchProps {
  draft: Draft
  field: SwitchField
  label: string
  description: string
}

export function SettingSwitch({ draft: { value, set }, field, label, description }: SettingSwitchProps) {
  const { t } = useTranslation('settings')
  if (!value) return null
  return (
    <div>
      <Switch
        label={label}
        description={description}
        checked={value[field]}
        onChange={(event) => set(field, event.currentTarget.checked)}
      />
      <FieldDefault
        name={label}
        value={t(defaultSettings[field] ? 'proxy.on' : 'proxy.off')}
        isDefault={value[field] === defaultSettings[field]}
        onReset={() => set(field, defaultSettings[field])}
      />
    </div>
  )
}
