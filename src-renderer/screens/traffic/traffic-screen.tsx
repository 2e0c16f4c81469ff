/** Traffic: the requests that went through the proxy, newest first, as they end. */
import { useElementSize } from '@mantine/hooks'
import { IconActivity, IconFilterOff } from '@tabler/icons-react'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { columnsThatFit } from '../../parts/columns/columns.ts'
import { ColumnsMenu } from '../../parts/columns/columns-menu.tsx'
import { EmptyState } from '../../parts/empty-state.tsx'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { Page } from '../../parts/page.tsx'
import type { Range } from '../../parts/range.ts'
import { RangePicker } from '../../parts/range-picker.tsx'
import { SkeletonRows } from '../../parts/skeletons.tsx'
import { useRange } from '../../parts/use-range.ts'
import { useStored } from '../../parts/use-stored.ts'
import { navigate, setParams, useRoute } from '../../route.ts'
import { ExportMenu } from './export-menu.tsx'
import { filterFromParams, paramsFromFilter, type TrafficFilter } from './filter.ts'
import { FilterBar } from './filter-bar.tsx'
import { LiveBar } from './live-bar.tsx'
import { RequestDrawer } from './request-drawer.tsx'
import classes from './traffic.module.css'
import { timeWidth, trafficColumnCodec, trafficColumns } from './traffic-columns.ts'
import { TrafficTable } from './traffic-table.tsx'
import { type Traffic, useTraffic } from './use-traffic.ts'

/** Borders and the bar for scrolling. */
const trim = 18

export function TrafficScreen() {
  const { t } = useTranslation(['traffic', 'common'])
  const { params } = useRoute()
  const [storedRange, storeRange] = useRange()
  const given = useMemo(() => {
    const filter = filterFromParams(params)
    return { ...filter, range: filter.range ?? storedRange }
  }, [params, storedRange])
  const filter = useStable(given)
  const traffic = useTraffic(filter)
  const [reading, setReading] = useState(false)
  const { ref: room, width } = useElementSize()
  const [chosen, choose] = useStored('columns.traffic', null, trafficColumnCodec)
  const columns = useMemo(() => chosen ?? columnsThatFit(trafficColumns, width - timeWidth - trim, 0), [chosen, width])
  const openId = params.get('request')
  const change = (next: TrafficFilter) => navigate('traffic', paramsFromFilter(next), { replace: true })
  const changeRange = (range: Range) => {
    storeRange(range)
    change({ ...filter, range })
  }
  const open = (id: string | null) => setParams({ request: id }, { replace: openId !== null || id === null })
  const showNewest = () => {
    traffic.refresh()
    // The button that had the focus goes away.
    document.getElementById('traffic-log')?.focus()
  }
  return (
    <Page
      title={t('common:places.traffic')}
      fill
      actions={
        <>
          <RangePicker value={filter.range} onChange={changeRange} />
          <ColumnsMenu
            columns={trafficColumns}
            shown={columns}
            chosen={chosen}
            label={(name) => t(`columns.${name}`)}
            onChange={choose}
          />
          <ExportMenu filter={filter} />
        </>
      }
    >
      <div className={classes.frame}>
        <FilterBar filter={filter} onChange={change}>
          <LiveBar traffic={traffic} filter={filter} reading={reading || openId !== null} onShow={showNewest} />
        </FilterBar>
        <div ref={room} className={classes.list}>
          {traffic.rows.length > 0 ? (
            <TrafficTable traffic={traffic} columns={columns} openId={openId} onOpen={open} onReading={setReading} />
          ) : (
            <Nothing traffic={traffic} filter={filter} />
          )}
        </div>
      </div>
      <RequestDrawer id={openId} traffic={traffic} onShow={open} />
    </Page>
  )
}

/** The same object as long as it says the same: opening a request changes the address but not the filter. */
function useStable<Value>(value: Value): Value {
  const text = JSON.stringify(value)
  return useMemo(() => JSON.parse(text) as Value, [text])
}

function Nothing({ traffic, filter }: { traffic: Traffic; filter: TrafficFilter }) {
  const { t } = useTranslation('traffic')
  if (traffic.error) return <ErrorNotice error={traffic.error} onRetry={traffic.refresh} />
  if (traffic.loading) return <SkeletonRows rows={12} />
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
