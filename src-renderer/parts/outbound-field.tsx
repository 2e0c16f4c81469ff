/** How calls leave this machine: as in the settings above, by the system's proxy, directly, or by a proxy named here. */
import { type InputWrapperProps, Select, Stack, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'

type Choice = 'inherit' | 'system' | 'direct' | 'proxy'

export interface OutboundFieldProps {
  label: string
  description: string
  /** Null = as `inherit` says. An address that is not whole yet is text like any other. */
  value: string | null
  onChange: (value: string | null) => void
  /** What null means here; without it null cannot be chosen. */
  inherit?: string
  error?: string | null | undefined
}

/** The explanation below keeps the controls of a row in line. */
const inputWrapperOrder: NonNullable<InputWrapperProps['inputWrapperOrder']> = ['label', 'input', 'description', 'error']

export function OutboundField({ label, description, value, onChange, inherit, error }: OutboundFieldProps) {
  const { t } = useTranslation('fields')
  const choice = choiceOf(value)
  const choices: { value: Choice; label: string }[] = [
    ...(inherit === undefined ? [] : [{ value: 'inherit' as const, label: inherit }]),
    { value: 'system', label: t('outbound.system') },
    { value: 'direct', label: t('outbound.direct') },
    { value: 'proxy', label: t('outbound.proxy') },
  ]
  const choose = (next: string | null) => {
    if (next === choice) return
    onChange(next === 'inherit' ? null : next === 'proxy' ? '' : next)
  }
  return (
    <Stack gap={6}>
      <Select
        label={label}
        description={description}
        inputWrapperOrder={inputWrapperOrder}
        data={choices}
        value={choice}
        onChange={choose}
        allowDeselect={false}
        error={choice === 'proxy' ? undefined : error}
      />
      {choice === 'proxy' && (
        <TextInput
          aria-label={t('outbound.address', { name: label })}
          placeholder="http://proxy.example.com:3128"
          description={t('outbound.addressHelp')}
          inputWrapperOrder={inputWrapperOrder}
          value={value ?? ''}
          onChange={(event) => onChange(event.currentTarget.value.trim())}
          error={error}
          maxLength={2048}
          spellCheck={false}
          autoFocus={value === ''}
        />
      )}
    </Stack>
  )
}

function choiceOf(value: string | null): Choice {
  if (value === null) return 'inherit'
  return value === 'system' || value === 'direct' ? value : 'proxy'
}
