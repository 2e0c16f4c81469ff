/** Settings: one section at a time, and one Save / Discard bar for what does not save itself. */
import { Stack, Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Page } from '../../parts/page.tsx'
import { SaveBar } from '../../parts/save-bar.tsx'
import { useApi } from '../../queries/api.tsx'
import { settingsSections as sections, setParams, useRoute } from '../../route.ts'
import { AboutSection } from './about-section.tsx'
import { CreditsCard } from './credits-card.tsx'
import { DataSection } from './data-section.tsx'
import { DiagnosticsSection } from './diagnostics-section.tsx'
import { FileSection } from './file-section.tsx'
import { GeneralSection } from './general-section.tsx'
import { HistorySection } from './history-section.tsx'
import { NetworkSection } from './network-section.tsx'
import { NotificationsSection } from './notifications-section.tsx'
import { PricesCard } from './prices-card.tsx'
import { ProxySection } from './proxy-section.tsx'
import { QualityCard } from './quality-card.tsx'
import { RemotesSection } from './remotes/remotes-section.tsx'
import { RotationSection } from './rotation-section.tsx'
import { ServerSection } from './server/server-section.tsx'
import classes from './settings.module.css'
import { SettingsSearch } from './settings-search.tsx'
import { useDraft, useSaveDraft } from './use-draft.ts'
import { useSettingDifferences } from './use-setting-differences.ts'
import { VaultSection } from './vault-section.tsx'
import { WorkspacesSection } from './workspaces/workspaces-section.tsx'

export function SettingsScreen() {
  const { t } = useTranslation(['settings', 'common'])
  const { params } = useRoute()
  const draft = useDraft()
  const save = useSaveDraft(draft)
  const saved = useQuery(useApi().orpc.settings.get.queryOptions()).data
  const differencesOf = useSettingDifferences()
  const section = sections.find((name) => name === params.get('section')) ?? 'general'
  return (
    <Page title={t('common:places.settings')} actions={<SettingsSearch />}>
      <Tabs
        orientation="vertical"
        variant="none"
        value={section}
        onChange={(next) => setParams({ section: next, do: null, find: null })}
        keepMounted={false}
        className={classes.tabs}
        classNames={{ tab: classes.tab, tabLabel: classes.label }}
      >
        <Tabs.List aria-label={t('settings:sections.label')} className={classes.list}>
          {sections.map((name) => (
            <Tabs.Tab key={name} value={name}>
              {t(`settings:sections.${name}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {sections.map((name) => (
          <Tabs.Panel key={name} value={name} className={classes.panel}>
            <Stack gap={12}>
              {name === 'general' && <GeneralSection />}
              {name === 'proxy' && (
                <>
                  <ProxySection draft={draft} />
                  <CreditsCard draft={draft} />
                </>
              )}
              {name === 'rotation' && <RotationSection draft={draft} find={params.get('find')} />}
              {name === 'server' && <ServerSection draft={draft} adding={params.get('do') === 'add'} />}
              {name === 'remotes' && <RemotesSection adding={params.get('do') === 'add'} />}
              {name === 'network' && <NetworkSection draft={draft} />}
              {name === 'notifications' && <NotificationsSection />}
              {name === 'models' && (
                <>
                  <PricesCard draft={draft} />
                  <QualityCard draft={draft} />
                </>
              )}
              {name === 'vault' && <VaultSection />}
              {name === 'data' && <DataSection draft={draft} action={params.get('do')} />}
              {name === 'workspaces' && <WorkspacesSection adding={params.get('do') === 'add'} />}
              {name === 'file' && <FileSection draft={draft} />}
              {name === 'history' && <HistorySection draft={draft} />}
              {name === 'diagnostics' && <DiagnosticsSection />}
              {name === 'about' && <AboutSection />}
            </Stack>
          </Tabs.Panel>
        ))}
      </Tabs>
      <SaveBar
        dirty={draft.dirty}
        differences={draft.value && saved && draft.readable ? differencesOf(saved, draft.value) : []}
        valid={draft.valid}
        saving={save.isPending}
        onSave={() => save.mutate(draft.changes)}
        onDiscard={draft.discard}
      />
    </Page>
  )
}
