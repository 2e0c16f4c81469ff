/** How the model shall answer; what is left empty is the model's own. */
import { NumberInput, SimpleGrid, Stack, Switch, TagsInput, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { type Parameters, withParameter } from './prompt-draft.ts'

export interface ParameterFieldsProps {
  value: Parameters
  onChange: (parameters: Parameters) => void
  problem: (path: string) => string | undefined
}

const numbers = [
  { name: 'temperature', step: 0.1, whole: false },
  { name: 'topP', step: 0.05, whole: false },
  { name: 'maxTokens', step: 1, whole: true },
] as const

export function ParameterFields({ value, onChange, problem }: ParameterFieldsProps) {
  const { t } = useTranslation('gateway')
  return (
    <Stack gap={6} role="group" aria-label={t('prompts.parameters')}>
      <Text size="sm" fw={600}>
        {t('prompts.parameters')}
      </Text>
      <SimpleGrid cols={{ base: 1, xs: 3 }}>
        {numbers.map(({ name, step, whole }) => (
          <NumberInput
            key={name}
            label={t(`prompts.${name}`)}
            placeholder={t('prompts.asModel')}
            value={value[name] ?? ''}
            onChange={(amount) => onChange(withParameter(value, name, amount === '' ? null : Number(amount)))}
            step={step}
            allowDecimal={!whole}
            clampBehavior="none"
            error={problem(`parameters.${name}`)}
          />
        ))}
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, xs: 2 }} style={{ alignItems: 'end' }}>
        <TagsInput
          label={t('prompts.stop')}
          value={value.stop ?? []}
          onChange={(stop) => onChange(withParameter(value, 'stop', stop.length === 0 ? null : stop))}
          maxTags={8}
          error={problem('parameters.stop')}
          acceptValueOnBlur
        />
        <Switch
          label={t('prompts.json')}
          checked={value.json === true}
          onChange={(event) => onChange(withParameter(value, 'json', event.currentTarget.checked || null))}
          mb={8}
        />
      </SimpleGrid>
    </Stack>
  )
}
