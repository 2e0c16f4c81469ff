/** The control of one field of a pool's configuration, by its kind. */
import { type InputWrapperProps, NumberInput, Select, Switch, TagsInput, Textarea, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { LimitsByModel, PoolConfig } from '../../../src-preload/contract/index.ts'
import { LimitsTable } from '../../parts/limits/limits-table.tsx'
import { ZoneSelect } from '../../parts/limits/zone-select.tsx'
import { BudgetControl } from './budget-control.tsx'
import classes from './config-field.module.css'
import { type FieldSpec, fieldProblem, uncertainChoices } from './config-schema.ts'
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
  const common = { label, description, error: fieldProblem(name, value) ?? issueAt(scene, name), inputWrapperOrder }
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
    case 'names':
      return (
        <TagsInput {...common} value={value as string[]} onChange={onChange} splitChars={[',', '\n']} maxTags={2000} clearable />
      )
    case 'choice':
      return (
        <Select
          {...common}
          data={uncertainChoices.map((choice) => ({ value: choice, label: t(`uncertain.${choice}`) }))}
          allowDeselect={false}
          value={value as string}
          onChange={onChange}
        />
      )
    case 'budget':
      return <BudgetControl {...common} value={value as PoolConfig['budget']} onChange={onChange} />
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
      setProblem(t('json.notJson', { reason: failure instanceof Error ? failure.message : String(failure) }))
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
