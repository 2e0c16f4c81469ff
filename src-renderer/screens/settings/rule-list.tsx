/** A list of rules of which the first that fits counts: a table to edit, reorder and add to. */
import { ActionIcon, Button, Group, Table, Text, VisuallyHidden } from '@mantine/core'
import { IconArrowUp, IconPlus, IconTrash } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { movedUp } from '../../parts/moved-up.ts'
import { Section } from '../../parts/page.tsx'

interface RuleRow<Rule> {
  rule: Rule
  /** From 0. */
  at: number
  change: (rule: Rule) => void
}

export interface RuleColumn<Rule> {
  name: string
  width?: number
  render: (row: RuleRow<Rule>) => ReactNode
}

interface RuleListProps<Rule> {
  words: {
    title: string
    text: string
    none: string
    add: string
    actions: string
    /** `number` from 1. */
    up: (number: number) => string
    remove: (number: number) => string
  }
  columns: readonly RuleColumn<Rule>[]
  minWidth: number
  rules: readonly Rule[]
  /** What is added. */
  fresh: Rule
  onChange: (rules: Rule[]) => void
}

export function RuleList<Rule>({ words, columns, minWidth, rules, fresh, onChange }: RuleListProps<Rule>) {
  const replace = (at: number) => (next: Rule) => onChange(rules.map((old, index) => (index === at ? next : old)))
  return (
    <Section title={words.title} description={words.text}>
      {rules.length === 0 ? (
        <Text size="sm" c="dimmed">
          {words.none}
        </Text>
      ) : (
        <Table.ScrollContainer minWidth={minWidth}>
          <Table aria-label={words.title} withRowBorders={false} verticalSpacing={3} horizontalSpacing={4}>
            <Table.Thead>
              <Table.Tr>
                {columns.map(({ name, width }) => (
                  <Table.Th key={name} {...(width === undefined ? {} : { w: width })}>
                    {name}
                  </Table.Th>
                ))}
                <Table.Th w={70}>
                  <VisuallyHidden>{words.actions}</VisuallyHidden>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rules.map((rule, at) => (
                // Rules have no name but their place.
                <Table.Tr key={at} style={{ verticalAlign: 'top' }}>
                  {columns.map(({ name, render }) => (
                    <Table.Td key={name}>{render({ rule, at, change: replace(at) })}</Table.Td>
                  ))}
                  <Table.Td>
                    <Group gap={2} wrap="nowrap" justify="flex-end" mt={4}>
                      {at > 0 && (
                        <ActionIcon
                          variant="subtle"
                          color="gray"
                          aria-label={words.up(at + 1)}
                          onClick={() => onChange(movedUp(rules, at))}
                        >
                          <IconArrowUp size={15} />
                        </ActionIcon>
                      )}
                      <ActionIcon
                        variant="subtle"
                        color="gray"
                        aria-label={words.remove(at + 1)}
                        onClick={() => onChange(rules.filter((_, index) => index !== at))}
                      >
                        <IconTrash size={15} />
                      </ActionIcon>
                    </Group>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <div>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlus size={14} />}
          onClick={() => onChange([...rules, fresh])}
        >
          {words.add}
        </Button>
      </div>
    </Section>
  )
}
