/** Playground: try a model, and see which key serves, what fails before it and what it costs; and the fail-over drill. */
import { Tabs } from '@mantine/core'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { Page } from '../../parts/page.tsx'
import { setParams, useRoute } from '../../route.ts'
import { DrillTab } from './drill-tab.tsx'
import classes from './playground.module.css'
import { SessionActions } from './session-actions.tsx'
import { stop } from './store.ts'
import { TryTab } from './try-tab.tsx'

const tabs = ['try', 'drill'] as const

export function PlaygroundScreen() {
  const { t } = useTranslation(['playground', 'common'])
  const { params } = useRoute()
  const tab = tabs.find((name) => name === params.get('tab')) ?? 'try'
  // A call is not paid for when nobody reads its answer.
  useEffect(() => stop, [])
  return (
    <Page title={t('common:places.playground')} fill actions={tab === 'try' && <SessionActions />}>
      <Tabs
        className={classes.tabs}
        value={tab}
        onChange={(next) => setParams({ tab: next === 'try' ? null : next, pool: null })}
        keepMounted={false}
      >
        <Tabs.List mb="sm" aria-label={t('common:places.playground')}>
          {tabs.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`playground:tabs.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="try" className={classes.panel}>
          <TryTab />
        </Tabs.Panel>
        <Tabs.Panel value="drill" className={classes.panel}>
          <DrillTab />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}
