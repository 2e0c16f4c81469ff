/** The control of one field of a pool's configuration, by its kind. */
import { type InputWrapperProps, NumberInput, Radio, Select, Stack, Switch, TagsInput, Textarea, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LimitsByModel, PoolConfig } from '../../../src-preload/contract/index.ts'
import { said } from '../../i18n/said.ts'
import { BudgetField } from '../../parts/budget-field.tsx'
import { LimitsTable } from '../../parts/limits/limits-table.tsx'
import { ZoneSelect } from '../../parts/limits/zone-select.tsx'
import { OutboundField } from '../../parts/outbound-field.tsx'
import classes from './config-field.module.css'
import { type FieldSpec, fieldProblem } from './config-schema.ts'
import { DeploymentsEditor } from './deployments-editor.tsx'
import { FallbackEditor } from './fallback-editor.tsx'
import { type FieldScene, issueAt } from './field-scene.ts'

export interface ConfigControlProps {
  spec: FieldSpec
  value: unknown
  scene: FieldScene
  onChange: (value: unknown) => void
}

/** The explanation below keeps the controls of a row in line. */
const inputWrapperOrder: NonNullable<InputWrapperProps['inputWrapperOrder']> = ['label', 'input', 'description', 'error']

export function ConfigControl({ spec, value, scene, onChange }: ConfigControlProps): ReactNode {
  const { t } = useTranslation(['pools', 'common', 'limits'])
  const { name } = spec
  const label = t(`fields.${name}.label`)
  const description = t(`fields.${name}.help`)
  const plain = { label, description }
  const common = { ...plain, error: fieldProblem(name, value) ?? issueAt(scene, name), inputWrapperOrder }
  switch (spec.kind) {
    case 'number':
      return (
        <NumberInput
          {...common}
          value={typeof value === 'number' ? value : ''}
          onChange={(next) => onChange(next === '' ? (spec.nullable ? null : '') : next)}
          allowDecimal={!spec.integer}
          clampBehavior="none"
          placeholder={spec.nullable ? t('asAbove') : ''}
          suffix={spec.seconds ? ` ${t('seconds')}` : ''}
        />
      )
    case 'share':
      return (
        <NumberInput
          {...common}
          value={typeof value === 'number' ? Math.round(value * 100) : ''}
          onChange={(next) => onChange(typeof next === 'number' ? next / 100 : '')}
          allowDecimal={false}
          min={(spec.min ?? 0) * 100}
          max={(spec.max ?? 1) * 100}
          clampBehavior="strict"
          suffix=" %"
        />
      )
    case 'boolean':
      return spec.nullable ? (
        <NullableBoolean {...common} value={value} onChange={onChange} />
      ) : (
        <Switch {...common} checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />
      )
    case 'text':
      return (
        <TextInput
          {...common}
          value={typeof value === 'string' ? value : ''}
          onChange={(event) => onChange(event.currentTarget.value || (spec.nullable ? null : ''))}
        />
      )
    case 'zone':
      return (
        <ZoneSelect
          {...common}
          value={typeof value === 'string' ? value : null}
          onChange={onChange}
          clearable
          placeholder={scene.resetZone ?? t('limits:zone.unsetUnknown')}
        />
      )
    case 'choice':
      return <UncertainChoice {...common} value={value} onChange={onChange} />
    case 'names':
      return (
        <TagsInput
          {...common}
          value={value as PoolConfig['models']}
          onChange={onChange}
          data={modelsOf(scene)}
          placeholder={t('modelsAdd')}
          acceptValueOnBlur
          splitChars={[',', ' ', '\n']}
        />
      )
    case 'deployments':
      return (
        <DeploymentsEditor
          {...plain}
          value={value as PoolConfig['deployments'] | null}
          onChange={onChange}
          error={value === null ? undefined : common.error}
        />
      )
    case 'budget':
      return <BudgetField {...plain} value={value as PoolConfig['budget']} onChange={onChange} error={common.error} />
    case 'outbound':
      return (
        <OutboundField
          {...plain}
          value={value as PoolConfig['outbound']}
          onChange={onChange}
          inherit={t('asInSettings')}
          error={common.error}
        />
      )
    case 'limits':
      return (
        <LimitsTable
          label={label}
          description={description}
          value={value as LimitsByModel | null}
          onChange={onChange}
          presets={scene.presets}
          error={value === null ? undefined : issueAt(scene, name)}
        />
      )
    case 'fallback':
      return (
        <FallbackEditor
          label={label}
          description={description}
          value={value as PoolConfig['fallback']}
          onChange={onChange}
          scene={scene}
        />
      )
    case 'object':
      return <ObjectField {...common} value={value} onChange={onChange} />
    default:
      return spec.kind satisfies never
  }
}

interface ControlProps {
  label: string
  description: string
  error: string | null | undefined
  value: unknown
  onChange: (value: unknown) => void
}

function NullableBoolean({ value, onChange, ...common }: ControlProps) {
  const { t } = useTranslation(['pools', 'common'])
  const choices = [
    { value: 'null', label: t('asAbove') },
    { value: 'true', label: t('common:yes') },
    { value: 'false', label: t('common:no') },
  ]
  return (
    <Select
      {...common}
      data={choices}
      allowDeselect={false}
      value={String(value)}
      onChange={(text) => onChange(text === 'null' ? null : text === 'true')}
    />
  )
}

const uncertain = ['never', 'idempotent', 'always'] as const satisfies readonly PoolConfig['retryUncertain'][]

function UncertainChoice({ value, onChange, ...common }: ControlProps) {
  const { t } = useTranslation('pools')
  return (
    <Radio.Group {...common} value={String(value)} onChange={onChange}>
      <Stack gap={6} mt={6}>
        {uncertain.map((choice) => (
          <Radio key={choice} value={choice} label={t(`retryUncertain.${choice}`)} />
        ))}
      </Stack>
    </Radio.Group>
  )
}

/** Names that the provider's limit tables know. */
function modelsOf({ presets }: FieldScene): string[] {
  const names = presets.flatMap((preset) => Object.keys(preset.limits))
  return [...new Set(names)].filter((name) => !name.includes('*'))
}

/** Text that is not an object yet stays in the field and counts as an error. */
function ObjectField({ value, onChange, label, description, error }: ControlProps) {
  const { t } = useTranslation(['pools'])
  const [text, setText] = useState<string | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const edit = (next: string) => {
    setText(next)
    try {
      onChange(JSON.parse(next || '{}'))
      setProblem(null)
    } catch (failure) {
      setProblem(t('json.notJson', { reason: said(failure instanceof Error ? failure.message : String(failure)) }))
      onChange(null)
    }
  }
  return (
    <Textarea
      label={label}
      description={description}
      error={problem ?? error}
      value={text ?? JSON.stringify(value ?? {})}
      onChange={(event) => edit(event.currentTarget.value)}
      autosize
      minRows={2}
      classNames={{ input: classes.code }}
      spellCheck={false}
    />
  )
}
