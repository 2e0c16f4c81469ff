/** Filters that have no field in the row, each to be taken away. */
import { Button, Pill } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { formatDuration } from '../../format.ts'
import { useApi } from '../../queries/api.tsx'
import { type TrafficFilter, withField } from './filter.ts'
import type { MoreFiltersProps } from './more-filters.tsx'
import classes from './traffic.module.css'

type ChipField = Exclude<keyof TrafficFilter, 'range' | 'outcome' | 'pool' | 'key' | 'q'>

export function FilterChips({ filter, onChange }: MoreFiltersProps) {
  const { t, i18n } = useTranslation(['traffic'])
  const { orpc } = useApi()
  const clients = useQuery(orpc.clients.list.queryOptions({ enabled: filter.client !== undefined })).data
  const words: Record<ChipField, string | undefined> = {
    client:
      filter.client && t('filters.client', { name: clients?.find(({ id }) => id === filter.client)?.name ?? filter.client }),
    model: filter.model && t('filters.model', { name: filter.model }),
    route: filter.route && t('filters.route', { name: filter.route }),
    status: filter.status === undefined ? undefined : t('filters.statusIs', { status: filter.status }),
    minMs: filter.minMs === undefined ? undefined : t('filters.slow', { time: formatDuration(filter.minMs, i18n.language) }),
    retried: filter.retried && t('filters.retried'),
    cache: filter.cache && t(`filters.caches.${filter.cache}`),
    cost: filter.cost && t(`filters.costs.${filter.cost}`),
  }
  const chips = (Object.keys(words) as ChipField[]).flatMap((field) => {
    const word = words[field]
    return word === undefined ? [] : [{ field, word }]
  })
  const { range, ...rest } = filter
  if (chips.length === 0) return null
  return (
    <div className={classes.chips}>
      {chips.map(({ field, word }) => (
        <Pill
          key={field}
          size="md"
          withRemoveButton
          onRemove={() => onChange(withField(filter, field, null))}
          removeButtonProps={{ 'aria-label': t('filters.remove', { name: word }), tabIndex: 0, 'aria-hidden': false }}
        >
          {word}
        </Pill>
      ))}
      {Object.keys(rest).length > 1 && (
        <Button size="compact-xs" variant="subtle" onClick={() => onChange({ range })}>
          {t('filters.clearAll')}
        </Button>
      )}
    </div>
  )
}
