/** The variables that a prompt's messages name: what each is, and what it is where a caller says nothing. */
import { Code, Stack, Table, Text, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Variable } from './prompt-draft.ts'

export interface VariablesTableProps {
  value: readonly Variable[]
  onChange: (variables: Variable[]) => void
  problem: (path: string) => string | undefined
}

export function VariablesTable({ value, onChange, problem }: VariablesTableProps) {
  const { t } = useTranslation('gateway')
  const put = (at: number, changes: Partial<Variable>) =>
    onChange(value.map((old, index) => (index === at ? { ...old, ...changes } : old)))
  return (
    <Stack gap={6} role="group" aria-label={t('prompts.variables')}>
      <Text size="sm" fw={600}>
        {t('prompts.variables')}
      </Text>
      {value.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('prompts.variablesNone', { example: '{{topic}}' })}
        </Text>
      ) : (
        <Table aria-label={t('prompts.variables')} withRowBorders={false} verticalSpacing={3} horizontalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('prompts.variable')}</Table.Th>
              <Table.Th>{t('prompts.descriptionHead')}</Table.Th>
              <Table.Th>{t('prompts.defaultHead')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {value.map((variable, at) => (
              <Table.Tr key={variable.name}>
                <Table.Td>
                  <Code>{variable.name}</Code>
                </Table.Td>
                <Table.Td>
                  <TextInput
                    aria-label={t('prompts.variableDescription', variable)}
                    value={variable.description}
                    onChange={(event) => put(at, { description: event.currentTarget.value })}
                    maxLength={500}
                    error={problem(`variables.${at}.name`)}
                  />
                </Table.Td>
                <Table.Td>
                  <TextInput
                    aria-label={t('prompts.variableDefault', variable)}
                    placeholder={t('prompts.required')}
                    value={variable.default ?? ''}
                    onChange={(event) => put(at, { default: event.currentTarget.value || null })}
                  />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Stack>
  )
}
