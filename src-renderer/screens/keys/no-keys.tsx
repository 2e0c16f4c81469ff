/** The list when it has nothing to show, and the one thing to do about it. */
import { IconFilterOff, IconKey, IconPlus } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Pool } from '../../../src-preload/contract/index.ts'
import { EmptyState } from '../../parts/empty-state.tsx'
import { setParams } from '../../route.ts'

export interface NoKeysProps {
  /** A filter or search is on. */
  filtered: boolean
  pool: Pool | null
  onShowAll: () => void
}

export function NoKeys({ filtered, pool, onShowAll }: NoKeysProps) {
  const { t } = useTranslation(['keys'])
  if (filtered)
    return (
      <EmptyState
        icon={<IconFilterOff size={28} />}
        title={t('empty.filtered')}
        text={t('empty.filteredText')}
        action={{ label: t('empty.showAll'), run: onShowAll }}
      />
    )
  return (
    <EmptyState
      icon={<IconKey size={28} />}
      title={pool ? t('empty.pool') : t('empty.title')}
      text={t('empty.text')}
      action={{ label: t('add'), icon: <IconPlus size={16} />, run: () => setParams({ sheet: 'add' }) }}
    />
  )
}
