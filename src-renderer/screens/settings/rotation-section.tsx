/** Rotation defaults: what a new pool begins with; the fields are those of a pool's own sheet. */
import { Select, Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { type PoolConfig, settingsSchema, strategies } from '../../../src-preload/contract/index.ts'
import { issuesOf } from '../../parts/issues.ts'
import { Section } from '../../parts/page.tsx'
import { ConfigFields } from '../pools/config-fields.tsx'
import { configDefaults, configOfNew } from '../pools/config-schema.ts'
import { differing } from '../pools/pool-draft.ts'
import { FieldDefault } from './field-default.tsx'
import { type Draft, defaultSettings } from './use-draft.ts'

export interface RotationSectionProps {
  draft: Draft
  /** The field that was looked for. */
  find: string | null
}

export function RotationSection({ draft: { value, set }, find }: RotationSectionProps) {
  const { t } = useTranslation(['settings', 'pools', 'common'])
  if (!value) return null
  const { newPools } = value
  const choose = (name: string | null) => {
    const strategy = strategies.find((known) => known === name)
    if (strategy) set('newPools', { ...newPools, strategy })
  }
  // What is being typed may not be a configuration yet: it waits in the draft, and cannot be saved.
  const change = (config: PoolConfig) => set('newPools', { ...newPools, config: differing(config, configDefaults) })
  const first = defaultSettings.newPools.strategy
  return (
    <Section title={t('settings:sections.rotation')} description={t('settings:rotation.text')}>
      <Stack gap="md">
        <div>
          <Select
            label={t('pools:strategy')}
            description={t(`pools:strategyHelp.${newPools.strategy}`)}
            data={strategies.map((name) => ({ value: name, label: t(`common:strategies.${name}`) }))}
            value={newPools.strategy}
            onChange={choose}
            allowDeselect={false}
            maw={360}
          />
          <FieldDefault
            name={t('pools:strategy')}
            value={t(`common:strategies.${first}`)}
            isDefault={newPools.strategy === first}
            onReset={() => choose(first)}
          />
        </div>
        <ConfigFields
          key={find}
          config={configOfNew(newPools)}
          scene={{
            provider: null,
            defaults: configDefaults,
            resetZone: undefined,
            presets: [],
            pools: [],
            issues: issuesOf(settingsSchema.shape.newPools.safeParse(newPools).error),
          }}
          {...(find ? { find } : {})}
          onChange={change}
        />
      </Stack>
    </Section>
  )
}
