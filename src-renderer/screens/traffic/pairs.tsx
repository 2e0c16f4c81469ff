/** Pairs of a word and a value. */
import { Table } from '@mantine/core'
import type { ReactNode } from 'react'
import classes from './drawer.module.css'

export function Pairs({ pairs }: { pairs: readonly (readonly [string, ReactNode])[] }) {
  return (
    <Table withRowBorders={false} verticalSpacing={3} horizontalSpacing={0} fz="sm">
      <Table.Tbody>
        {pairs.map(([word, value]) => (
          <Table.Tr key={word}>
            <Table.Th scope="row" className={classes.word}>
              {word}
            </Table.Th>
            <Table.Td className={classes.value}>{value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
