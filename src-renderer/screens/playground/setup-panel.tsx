/** Who is asked, and how it shall answer. */
import { NumberInput, SegmentedControl, Select, SimpleGrid, Stack, Switch, Text, Textarea, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Pool } from '../../../src-preload/contract/index.ts'
import { useApi } from '../../queries/api.tsx'
import { setParams } from '../../route.ts'
import { useStore } from '../../shell/store.ts'
import { withParameter } from '../connect/prompts/prompt-draft.ts'
import { ModelFields } from './model-fields.tsx'
import { QualityFields } from './quality-fields.tsx'
import { variablesOf } from './session.ts'
import { changeSetup, session } from './store.ts'

export function SetupPanel({ pools }: { pools: readonly Pool[] }) {
  const { t } = useTranslation(['playground', 'gateway'])
  const now = useStore(session)
  const { setup } = now
  const variables = variablesOf(now)
  return (
    <Stack gap="sm">
      <OpenPrompt />
      <SegmentedControl
        fullWidth
        size="xs"
        aria-label={t('playground:by.label')}
        data={(['model', 'quality'] as const).map((value) => ({ value, label: t(`playground:by.${value}`) }))}
        value={setup.by}
        onChange={(by) => changeSetup({ by: by })}
      />
      {setup.by === 'model' ? <ModelFields pools={pools} /> : <QualityFields />}
      <Textarea
        label={t('playground:system')}
        value={setup.system}
        onChange={(event) => changeSetup({ system: event.currentTarget.value })}
        autosize
        minRows={2}
        maxRows={10}
        maxLength={1_000_000}
      />
      {variables.length > 0 && (
        <Stack gap={6} role="group" aria-label={t('playground:variables')}>
          {variables.map((name) => (
            <TextInput
              key={name}
              label={<code>{`{{${name}}}`}</code>}
              placeholder={t('playground:asWritten')}
              value={setup.values[name] ?? ''}
              onChange={(event) => changeSetup({ values: { ...setup.values, [name]: event.currentTarget.value } })}
            />
          ))}
        </Stack>
      )}
      <Parameters />
      <Text size="xs" c="dimmed">
        {t('playground:real')}
      </Text>
    </Stack>
  )
}

const numbers = [
  { name: 'temperature', step: 0.1, whole: false, max: 2, min: 0 },
  { name: 'maxTokens', step: 1, whole: true, max: 10_000_000, min: 1 },
] as const
const efforts = ['none', 'low', 'medium', 'high'] as const

function Parameters() {
  const { t } = useTranslation(['playground', 'gateway'])
  const { parameters, effort } = useStore(session).setup
  return (
    <Stack gap="sm" role="group" aria-label={t('gateway:prompts.parameters')}>
      <SimpleGrid cols={2} spacing="xs">
        {numbers.map(({ name, step, whole, min, max }) => (
          <NumberInput
            key={name}
            label={t(`playground:${name}`)}
            placeholder={t('playground:asModel')}
            value={parameters[name] ?? ''}
            onChange={(value) =>
              changeSetup({ parameters: withParameter(parameters, name, typeof value === 'number' ? value : null) })
            }
            step={step}
            min={min}
            max={max}
            allowDecimal={!whole}
            clampBehavior="blur"
            hideControls
          />
        ))}
      </SimpleGrid>
      <Select
        label={t('playground:effort.label')}
        description={t('playground:effort.help')}
        placeholder={t('playground:asModel')}
        data={efforts.map((value) => ({ value, label: t(`playground:effort.${value}`) }))}
        value={effort}
        onChange={(value) => changeSetup({ effort: efforts.find((known) => known === value) ?? null })}
        clearable
        clearButtonProps={{ 'aria-label': t('playground:asModel') }}
      />
      <Switch
        label={t('gateway:prompts.json')}
        checked={parameters.json === true}
        onChange={(event) => changeSetup({ parameters: withParameter(parameters, 'json', event.currentTarget.checked || null) })}
      />
    </Stack>
  )
}

/** Only where there are any. */
function OpenPrompt() {
  const { t } = useTranslation('playground')
  const { orpc } = useApi()
  const prompts = useQuery(orpc.prompts.list.queryOptions()).data ?? []
  if (prompts.length === 0) return null
  return (
    <Select
      label={t('open')}
      placeholder={t('openWhich')}
      data={prompts.map(({ slug, name }) => ({ value: slug, label: name }))}
      value={null}
      onChange={(slug) => setParams({ prompt: slug }, { replace: true })}
      searchable={prompts.length > 8}
    />
  )
}
