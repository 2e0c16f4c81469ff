/** One field of a pool's configuration: control, explanation, default, range, unit, way back to the default. */
import { ActionIcon, type InputWrapperProps, NumberInput, Select, Switch, Textarea, TextInput, Tooltip } from '@mantine/core'
import { IconArrowBackUp } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { PoolConfig } from '../../../src-preload/contract/index.ts'
import classes from './config-field.module.css'
import { configDefaults, type FieldName, type FieldSpec, fieldProblem, fieldSpec, zeroIsUnlimited } from './config-schema.ts'

export interface ConfigFieldProps {
  name: FieldName
  value: PoolConfig[FieldName]
  onChange: (value: unknown) => void
}

/** The explanation below keeps the controls of a row in line. */
const inputWrapperOrder: NonNullable<InputWrapperProps['inputWrapperOrder']> = ['label', 'input', 'description', 'error']

export function ConfigField({ name, value, onChange }: ConfigFieldProps) {
  const { t } = useTranslation(['pools', 'common'])
  const spec = fieldSpec(name)
  const changed = JSON.stringify(value) !== JSON.stringify(configDefaults[name])
  return (
    <div className={classes.field}>
      <Control spec={spec} value={value} onChange={onChange} />
      <div className={classes.foot}>
        <Facts spec={spec} />
        {changed && (
          <Tooltip label={t('common:reset')}>
            <ActionIcon
              size="xs"
              variant="subtle"
              aria-label={`${t('common:reset')}: ${t(`fields.${name}.label`)}`}
              onClick={() => onChange(configDefaults[name])}
            >
              <IconArrowBackUp size={13} />
            </ActionIcon>
          </Tooltip>
        )}
      </div>
    </div>
  )
}

function Control({ spec, value, onChange }: { spec: FieldSpec; value: unknown; onChange: (value: unknown) => void }): ReactNode {
  const { t } = useTranslation(['pools', 'common'])
  const { name } = spec
  const common = {
    label: t(`fields.${name}.label`),
    description: t(`fields.${name}.help`),
    error: fieldProblem(name, value),
    inputWrapperOrder,
  }
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
    case 'object':
    default:
      return <ObjectField {...common} value={value} onChange={onChange} />
  }
}

interface ControlProps {
  label: string
  description: string
  error: string | null
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
      onChange(undefined)
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

function Facts({ spec }: { spec: FieldSpec }) {
  const { t } = useTranslation(['pools', 'common'])
  const unit = spec.seconds ? ` ${t('seconds')}` : ''
  const initial: unknown = configDefaults[spec.name]
  const word = () => {
    if (initial === 0 && zeroIsUnlimited.has(spec.name)) return t('unlimited')
    if (typeof initial === 'number') return `${initial}${unit}`
    if (typeof initial === 'boolean') return initial ? t('common:yes') : t('common:no')
    return initial === null && spec.name.startsWith('batch') ? t('asAbove') : t('common:none')
  }
  return (
    <span>
      {t('default', { value: word() })}
      {spec.min !== undefined && spec.max !== undefined && ` · ${t('range', { min: `${spec.min}`, max: `${spec.max}${unit}` })}`}
    </span>
  )
}
