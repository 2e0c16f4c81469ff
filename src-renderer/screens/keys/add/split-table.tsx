/** Which of several providers' keys go to which pool, each to be changed. */
import { Select, Table, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Pool, Provider } from '../../../../src-preload/contract/index.ts'
import { formatPool } from '../../../format.ts'
import classes from './add.module.css'
import { type Part, type Place, providerOfNew } from './split.ts'

export interface SplitTableProps {
  parts: readonly Part[]
  places: readonly Place[]
  pools: readonly Pool[]
  providers: readonly Provider[]
  onChange: (provider: string, place: Place) => void
}

export function SplitTable({ parts, places, pools, providers, onChange }: SplitTableProps) {
  const { t } = useTranslation(['keys'])
  const nameOf = (id: string) => providers.find((provider) => provider.id === id)?.name ?? id
  const data = places.map((place) => {
    const provider = providerOfNew(place)
    const label =
      provider === null
        ? (pools.find(({ slug }) => slug === place)?.name ?? formatPool(place))
        : t('sheet.split.newPool', { name: nameOf(provider) })
    return { value: place, label }
  })
  return (
    <Table aria-label={t('sheet.split.title')} verticalSpacing={4} horizontalSpacing={8} fz="sm" className={classes.split}>
      <Table.Tbody>
        {parts.map(({ provider, count, place }) => {
          const name = provider === '' ? t('sheet.split.others') : nameOf(provider)
          return (
            <Table.Tr key={provider}>
              <Table.Td>
                {name}
                <Text span c="dimmed">
                  {' · '}
                  {t('sheet.split.count', { count })}
                </Text>
              </Table.Td>
              <Table.Td>
                <Select
                  size="xs"
                  aria-label={t('sheet.split.poolFor', { name })}
                  data={data}
                  value={place}
                  onChange={(next) => next !== null && onChange(provider, next)}
                  allowDeselect={false}
                />
              </Table.Td>
            </Table.Tr>
          )
        })}
      </Table.Tbody>
    </Table>
  )
}
