/** Keys and pools: the pools at the left, their keys in a list, details in a drawer. */
import { Button, Paper } from '@mantine/core'
import { useDebouncedValue, useElementSize, useHotkeys } from '@mantine/hooks'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Suspense, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Key, type KeyState, keyStates, type Pool } from '../../../src-preload/contract/index.ts'
import { columnsThatFit } from '../../parts/columns/columns.ts'
import { ColumnsMenu } from '../../parts/columns/columns-menu.tsx'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { lazyNamed } from '../../parts/lazy-named.ts'
import { Page } from '../../parts/page.tsx'
import { SkeletonRows } from '../../parts/skeletons.tsx'
import { useStored } from '../../parts/use-stored.ts'
import { useApi } from '../../queries/api.tsx'
import { setParams, useRoute } from '../../route.ts'
import { AccountsView } from '../pools/accounts-view.tsx'
import { DrillDialog } from '../pools/drill-dialog.tsx'
import { PoolSheet } from '../pools/pool-sheet.tsx'
import { PoolSummary } from '../pools/pool-summary.tsx'
import { AddSheet } from './add/add-sheet.tsx'
import { columnGap, keyColumnCodec, keyColumns, roomFor } from './key-columns.ts'
import { KeyDrawer } from './key-drawer.tsx'
import { KeySearch, StatePills } from './key-filters.tsx'
import { KeyTable } from './key-table.tsx'
import { tagsOf } from './key-tags.ts'
import classes from './keys-screen.module.css'
import { NoKeys } from './no-keys.tsx'
import { PoolList } from './pool-list.tsx'
import { SelectionBar } from './selection-bar.tsx'
import { TagDialog } from './tag-dialog.tsx'
import { useKeyActions } from './use-key-actions.ts'
import { useKeyList } from './use-key-list.ts'
import { moveTargets, useMoveKeys } from './use-move-keys.ts'
import { useRowCommands } from './use-row-commands.ts'
import { useSelection } from './use-selection.ts'

const ExportDialog = lazyNamed(() => import('./export-dialog.tsx'), 'ExportDialog')

const noPools: readonly Pool[] = []
const chooseState = (state: KeyState | null) => setParams({ state }, { replace: true })

export function KeysScreen() {
  const { t } = useTranslation(['keys', 'common'])
  const { orpc } = useApi()
  const { params } = useRoute()
  const poolSlug = params.get('pool')
  const state = keyStates.find((known) => known === params.get('state')) ?? null
  const openId = params.get('key')
  const sheet = params.get('sheet')
  const view = params.get('view') === 'accounts' ? 'accounts' : 'keys'

  // What is typed here may be a whole key: it stays out of the address.
  const [typed, setTyped] = useState('')
  const [q] = useDebouncedValue(typed.trim(), 200)
  const search = useRef<HTMLInputElement>(null)
  useHotkeys([['/', () => search.current?.focus()]])

  const pools = useQuery(orpc.pools.list.queryOptions()).data
  const pool = pools?.find((entry) => entry.slug === poolSlug) ?? null
  const everything = useQuery(orpc.keys.list.queryOptions({ input: { limit: 1 } })).data
  const list = useKeyList({ pool: poolSlug, state, q })
  const selection = useSelection()
  const actions = useKeyActions()
  const move = useMoveKeys()
  const { onCommand, selectEverything } = useRowCommands(list, selection, actions)
  const selected = [...selection.ids]
  const selectedKeys = list.items.filter((key) => selection.ids.has(key.id))
  const [tagging, setTagging] = useState<readonly Key[] | null>(null)
  const [exporting, setExporting] = useState<readonly string[] | null>(null)

  const { ref: room, width } = useElementSize()
  const [chosen, choose] = useStored('columns.keys', null, keyColumnCodec)
  const columns = useMemo(() => chosen ?? columnsThatFit(keyColumns, roomFor(width), columnGap), [chosen, width])

  return (
    <Page
      title={t('common:places.keys')}
      fill
      actions={
        <>
          <KeySearch value={typed} onChange={setTyped} inputRef={search} />
          <Button leftSection={<IconPlus size={16} />} onClick={() => setParams({ sheet: 'add' })}>
            {t('add')}
          </Button>
        </>
      }
    >
      <div className={classes.columns}>
        <PoolList pools={pools ?? noPools} total={everything?.total} selected={poolSlug} />
        <div className={classes.main}>
          {pool && <PoolSummary pool={pool} view={view} />}
          {pool && view === 'accounts' ? (
            <div className={classes.accounts}>
              <AccountsView key={pool.slug} pool={pool} />
            </div>
          ) : (
            <>
              <div className={classes.bar}>
                {selected.length > 0 ? (
                  <SelectionBar
                    count={selected.length}
                    total={list.total}
                    targets={moveTargets(selectedKeys, pools ?? [])}
                    onSelectAll={() => void selectEverything()}
                    onCheck={() => void actions.check(selectedKeys)}
                    onEnable={(enabled) => void actions.enable(selected, enabled)}
                    onMove={(to) => void move(selectedKeys, to, poolSlug)}
                    onTag={() => setTagging(selectedKeys)}
                    onExport={() => setExporting(selected)}
                    onRemove={() => {
                      selection.clear()
                      void actions.remove(selected)
                    }}
                    onClear={selection.clear}
                  />
                ) : (
                  <StatePills counts={list.counts} value={state} onChange={chooseState} />
                )}
                <ColumnsMenu
                  columns={keyColumns}
                  shown={columns}
                  chosen={chosen}
                  label={(name) => t(`table.${name}`)}
                  onChange={choose}
                />
              </div>
              <Paper className={classes.table} ref={room}>
                {list.error && !list.items.length ? (
                  <ErrorNotice error={list.error} onRetry={list.retry} />
                ) : list.loading ? (
                  <div className={classes.loading}>
                    <SkeletonRows height={24} rows={10} />
                  </div>
                ) : list.items.length === 0 ? (
                  <NoKeys
                    filtered={Boolean(q || state)}
                    pool={pool}
                    onShowAll={() => {
                      setTyped('')
                      setParams({ state: null })
                    }}
                  />
                ) : (
                  <KeyTable
                    list={list}
                    view={JSON.stringify([poolSlug, state, q])}
                    pools={pools ?? noPools}
                    columns={columns}
                    selection={selection}
                    openId={openId}
                    onOpen={(key) => setParams({ key: key.id })}
                    onCommand={onCommand}
                    onMove={(keys, to) => void move(keys, to, poolSlug)}
                    onTag={setTagging}
                    onExport={setExporting}
                  />
                )}
              </Paper>
            </>
          )}
        </div>
      </div>
      <KeyDrawer id={openId} onClose={() => setParams({ key: null, tab: null })} />
      <TagDialog keys={tagging} known={tagsOf(list.items)} onClose={() => setTagging(null)} />
      {exporting && (
        <Suspense>
          <ExportDialog ids={exporting} onClose={() => setExporting(null)} />
        </Suspense>
      )}
      <AddSheet opened={sheet === 'add'} pool={poolSlug} onClose={() => setParams({ sheet: null })} />
      <DrillDialog pool={sheet === 'drill' ? pool : null} onClose={() => setParams({ sheet: null })} />
      <PoolSheet
        mode={sheet === 'new-pool' ? 'new' : sheet === 'pool' && pool ? 'edit' : null}
        pool={pool}
        onClose={(slug) => setParams({ sheet: null, ...(slug && { pool: slug }) })}
      />
    </Page>
  )
}
