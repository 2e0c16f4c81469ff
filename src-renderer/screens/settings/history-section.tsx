/** What was changed in the settings, and the way back. */
import { useTranslation } from 'react-i18next'
import type { HistoryEntry } from '../../../src-preload/contract/index.ts'
import { HistoryList } from '../../parts/history/history-list.tsx'
import { Section } from '../../parts/page.tsx'
import type { Draft } from './use-draft.ts'
import { useMovedPort } from './use-moved-port.ts'
import { useSettingDifferences } from './use-setting-differences.ts'

export function HistorySection({ draft }: { draft: Draft }) {
  const { t } = useTranslation('settings')
  const differencesOf = useSettingDifferences()
  const moveProxy = useMovedPort()
  const moved = ({ before }: HistoryEntry) => moveProxy(before)
  return (
    <Section title={t('sections.history')} description={t('history.text')}>
      <HistoryList query={{ subject: 'settings' }} describe={differencesOf} editing={draft.dirty} onRestored={moved} />
    </Section>
  )
}
