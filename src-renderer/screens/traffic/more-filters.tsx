/** Filters that are wanted less often, in a form of their own. */
import { Autocomplete, Button, Checkbox, Popover, Select, Stack, TextInput } from '@mantine/core'
import { IconFilterPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { formatDuration } from '../../format.ts'
import { useApi } from '../../queries/api.tsx'
import { type TrafficFilter, withField } from './filter.ts'

const caches = ['hit', 'miss'] as const
const costs = ['unknown', 'known'] as const
const slownesses = [1000, 3000, 10_000, 30_000, 60_000] as const

export interface MoreFiltersProps {
  filter: TrafficFilter
  onChange: (filter: TrafficFilter) => void
}

export function MoreFilters(props: MoreFiltersProps) {
  const { t } = useTranslation('traffic')
  return (
    <Popover position="bottom-start" withinPortal={false} trapFocus returnFocus width={260}>
      <Popover.Target>
        <Button variant="default" leftSection={<IconFilterPlus size={15} />}>
          {t('filters.more')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('filters.more')}>
        <Fields {...props} />
      </Popover.Dropdown>
    </Popover>
  )
}

/** Inside of the form, so that choosing is no click outside of it. */
const inside = { comboboxProps: { withinPortal: false } } as const

function Fields({ filter, onChange }: MoreFiltersProps) {
  const { t, i18n } = useTranslation(['traffic', 'common'])
  const { orpc } = useApi()
  const clients = useQuery(orpc.clients.list.queryOptions()).data ?? []
  const models = useQuery(orpc.routes.models.queryOptions()).data ?? []
  const clearable = { clearable: true, clearButtonProps: { 'aria-label': t('common:clear') } } as const
  const times = [...new Set([...slownesses, ...(filter.minMs === undefined ? [] : [filter.minMs])])].toSorted((a, b) => a - b)
  return (
    <Stack gap="xs">
      <Settled
        value={filter.status === undefined ? '' : String(filter.status)}
        onSettle={(text) => onChange(withField(filter, 'status', /^[1-9]\d\d$/.test(text) ? Number(text) : null))}
      >
        {({ onChange: write, ...field }) => (
          <TextInput
            label={t('traffic:filters.status')}
            placeholder="429"
            inputMode="numeric"
            onChange={(event) => write(event.currentTarget.value)}
            {...field}
          />
        )}
      </Settled>
      <Select
        label={t('traffic:filters.minMs')}
        data={times.map((ms) => ({ value: String(ms), label: formatDuration(ms, i18n.language) }))}
        value={filter.minMs === undefined ? null : String(filter.minMs)}
        onChange={(ms) => onChange(withField(filter, 'minMs', ms === null ? null : Number(ms)))}
        {...inside}
        {...clearable}
      />
      <Select
        label={t('traffic:columns.client')}
        data={clients.map(({ id, name }) => ({ value: id, label: name }))}
        value={filter.client ?? null}
        onChange={(client) => onChange(withField(filter, 'client', client))}
        searchable
        {...inside}
        {...clearable}
      />
      <Settled value={filter.model ?? ''} onSettle={(model) => onChange(withField(filter, 'model', model || null))}>
        {(field) => (
          <Autocomplete
            label={t('traffic:columns.model')}
            data={[...new Set(models.map(({ model }) => model))]}
            limit={20}
            spellCheck={false}
            {...inside}
            {...field}
          />
        )}
      </Settled>
      <Select
        label={t('traffic:filters.cache')}
        data={caches.map((value) => ({ value, label: t(`traffic:filters.caches.${value}`) }))}
        value={filter.cache ?? null}
        onChange={(value) => onChange(withField(filter, 'cache', caches.find((known) => known === value) ?? null))}
        {...inside}
        {...clearable}
      />
      <Select
        label={t('traffic:columns.cost')}
        data={costs.map((value) => ({ value, label: t(`traffic:filters.costs.${value}`) }))}
        value={filter.cost ?? null}
        onChange={(value) => onChange(withField(filter, 'cost', costs.find((known) => known === value) ?? null))}
        {...inside}
        {...clearable}
      />
      <Checkbox
        label={t('traffic:filters.retried')}
        checked={filter.retried ?? false}
        onChange={(event) => onChange(withField(filter, 'retried', event.currentTarget.checked || null))}
      />
    </Stack>
  )
}

interface SettledProps {
  value: string
  onSettle: (text: string) => void
  children: (field: {
    value: string
    onChange: (text: string) => void
    onBlur: () => void
    onKeyDown: (event: React.KeyboardEvent) => void
  }) => React.ReactNode
}

/** What is typed counts when it is done: on Enter or when one leaves the field. */
function Settled({ value, onSettle, children }: SettledProps) {
  const [text, setText] = useState(value)
  const settle = () => text.trim() !== value && onSettle(text.trim())
  return children({
    value: text,
    onChange: setText,
    onBlur: settle,
    onKeyDown: (event) => event.key === 'Enter' && settle(),
  })
}
