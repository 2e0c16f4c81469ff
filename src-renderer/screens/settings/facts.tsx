/** Pairs of a word and what it is. */
import { Table } from '@mantine/core'
import type { ReactNode } from 'react'

export function Facts({ facts }: { facts: readonly (readonly [string, ReactNode])[] }) {
  return (
    <Table withRowBorders={false} verticalSpacing={4} horizontalSpacing={0} fz="sm">
      <Table.Tbody>
        {facts.map(([word, value]) => (
          <Table.Tr key={word}>
            <Table.Th scope="row" w={220} fw={400} c="dimmed" style={{ verticalAlign: 'top' }}>
              {word}
            </Table.Th>
            <Table.Td>{value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
