/** Traffic: the requests that went through the proxy, newest first, as they end. */
import { Button } from '@mantine/core'
import { IconActivity, IconArrowUp, IconFilterOff } from '@tabler/icons-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../../parts/empty-state.tsx'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { Page } from '../../parts/page.tsx'
import type { Range } from '../../parts/range.ts'
import { RangePicker } from '../../parts/range-picker.tsx'
import { SkeletonRows } from '../../parts/skeletons.tsx'
import { useRange } from '../../parts/use-range.ts'
import { navigate, setParams, useRoute } from '../../route.ts'
import { ExportMenu } from './export-menu.tsx'
import { filterFromParams, paramsFromFilter, type TrafficFilter } from './filter.ts'
import { FilterBar } from './filter-bar.tsx'
import { RequestDrawer } from './request-drawer.tsx'
import classes from './traffic.module.css'
import { TrafficTable } from './traffic-table.tsx'
import { type Traffic, useTraffic } from './use-traffic.ts'

export function TrafficScreen() {
  const { t } = useTranslation()
  const { params } = useRoute()
  const [storedRange, storeRange] = useRange()
  const filter = useMemo(() => {
    const given = filterFromParams(params)
    return { ...given, range: given.range ?? storedRange }
  }, [params, storedRange])
  const traffic = useTraffic(useStable(filter))
  const openId = params.get('request')
  const change = (next: TrafficFilter) => navigate('traffic', paramsFromFilter(next), { replace: true })
  const changeRange = (range: Range) => {
    storeRange(range)
    change({ ...filter, range })
  }
  return (
    <Page
      title={t('places.traffic')}
      fill
      actions={
        <>
          <RangePicker value={filter.range} onChange={changeRange} />
          <ExportMenu filter={filter} />
        </>
      }
    >
      <div className={classes.frame}>
        <FilterBar filter={filter} onChange={change}>
          <Fresh traffic={traffic} />
        </FilterBar>
        <List traffic={traffic} filter={filter} openId={openId} />
      </div>
      <RequestDrawer
        id={openId}
        row={traffic.rows.find((row) => row.id === openId)}
        onClose={() => setParams({ request: null }, { replace: true })}
      />
    </Page>
  )
}

/** The same object as long as it says the same: opening a request changes the address but not the filter. */
function useStable<Value>(value: Value): Value {
  const text = JSON.stringify(value)
  return useMemo(() => JSON.parse(text) as Value, [text])
}

/** Says how many requests came since, without moving what is read. */
function Fresh({ traffic }: { traffic: Traffic }) {
  const { t } = useTranslation('traffic')
  return (
    <div className={classes.fresh} role="status">
      {traffic.fresh !== 0 && (
        <Button size="compact-sm" variant="light" leftSection={<IconArrowUp size={14} />} onClick={traffic.refresh}>
          {traffic.fresh === null ? t('newUnknown') : t('new', { count: traffic.fresh })}
        </Button>
      )}
    </div>
  )
}

function List({ traffic, filter, openId }: { traffic: Traffic; filter: TrafficFilter; openId: string | null }) {
  const { t } = useTranslation('traffic')
  if (traffic.error) return <ErrorNotice error={traffic.error} onRetry={traffic.refresh} />
  if (traffic.loading) return <SkeletonRows rows={12} />
  if (traffic.rows.length > 0)
    return <TrafficTable traffic={traffic} openId={openId} onOpen={(id) => setParams({ request: id })} />
  const { range, ...rest } = filter
  return Object.keys(rest).length > 0 ? (
    <EmptyState
      icon={<IconFilterOff size={32} />}
      title={t('nothing.title')}
      text={t('nothing.text')}
      action={{ label: t('nothing.action'), run: () => navigate('traffic', paramsFromFilter({ range }), { replace: true }) }}
    />
  ) : (
    <EmptyState
      icon={<IconActivity size={32} />}
      title={t('empty.title')}
      text={t('empty.text')}
      action={{ label: t('empty.action'), run: () => navigate('connect') }}
    />
  )
}
