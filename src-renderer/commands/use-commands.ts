/** What each command does here and now. */

import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { CommandId } from '../../src-preload/contract/index.ts'
import { toastDone, toastRefused } from '../parts/toast.tsx'
import { undoable, undoLast } from '../parts/undo.ts'
import { useCopyDiagnostics } from '../parts/use-copy-diagnostics.ts'
import { useDensity } from '../parts/use-density.ts'
import { usePrivacy } from '../privacy/privacy.ts'
import { useApi } from '../queries/api.tsx'
import { usePendingApprovals } from '../queries/use-pending-approvals.ts'
import { useProxySwitch } from '../queries/use-proxy-switch.ts'
import { useTheme } from '../queries/use-theme.ts'
import { navigate, newName, type Place } from '../route.ts'
import { noticeMenu, openHelp, openUnlock, taskMenu } from '../shell/dialogs.ts'
import { viewOf } from '../shell/last-views.ts'
import { useStore } from '../shell/store.ts'
import { startTour } from '../shell/tour/steps.ts'
import { palette } from './palette-store.ts'

export interface CommandAction {
  /** False while it makes no sense; the palette leaves it out. */
  available: boolean
  run: () => void
}

const always = (run: () => void): CommandAction => ({ available: true, run })
/** To a place as it was left. */
const go = (place: Place) => always(() => navigate(place, viewOf(place)))

export function useCommands(): Record<CommandId, CommandAction> {
  const { t } = useTranslation(['common', 'shell'])
  const { orpc } = useApi()
  const proxy = useProxySwitch()
  const theme = useTheme()
  const vault = useQuery(orpc.vault.status.queryOptions()).data
  const url = proxy.status?.url ?? null
  const pending = usePendingApprovals()
  const [isPrivate, setPrivate] = usePrivacy()
  const [density, setDensity] = useDensity()
  const copyDiagnostics = useCopyDiagnostics()

  return {
    'go.overview': go('overview'),
    'go.keys': go('keys'),
    'go.traffic': go('traffic'),
    'go.connect': go('connect'),
    'go.playground': go('playground'),
    'go.settings': go('settings'),
    'go.welcome': always(() => navigate('welcome')),
    'keys.add': always(() => navigate('keys', { sheet: 'add' })),
    'pools.add': always(() => navigate('keys', { sheet: 'new-pool' })),
    'pools.drill': always(() => navigate('playground', { tab: 'drill' })),
    'clients.add': always(() => navigate('connect', { client: newName })),
    'approvals.show': { available: pending.length > 0, run: () => navigate('connect') },
    'remotes.add': always(() => navigate('settings', { section: 'remotes', do: 'add' })),
    'users.add': always(() => navigate('settings', { section: 'server', do: 'add' })),
    'workspaces.add': always(() => navigate('settings', { section: 'workspaces', do: 'add' })),
    'proxy.toggle': { available: proxy.canToggle, run: proxy.toggle },
    'proxy.copyAddress': {
      available: url !== null,
      run: () => {
        if (url) void navigator.clipboard.writeText(url).then(() => toastDone(t('common:copied')))
      },
    },
    'edit.undo': { available: useStore(undoable) !== undefined, run: undoLast },
    'notices.show': always(() => noticeMenu.set(true)),
    'tasks.show': always(() => taskMenu.set(true)),
    'privacy.toggle': always(() => {
      setPrivate(!isPrivate)
      toastDone(t(isPrivate ? 'shell:privacy.ended' : 'shell:privacy.began'))
    }),
    'theme.toggle': always(theme.next),
    'density.toggle': always(() => setDensity(density === 'dense' ? 'comfortable' : 'dense')),
    'transfer.export': always(() => navigate('settings', { section: 'data', do: 'export' })),
    'transfer.import': always(() => navigate('settings', { section: 'data', do: 'import' })),
    'vault.unlock': { available: vault?.state === 'locked', run: openUnlock },
    'diagnostics.copy': always(
      () =>
        void copyDiagnostics().then((done) =>
          done ? toastDone(t('shell:failure.copied')) : toastRefused(t('shell:failure.notCopied')),
        ),
    ),
    'help.shortcuts': always(openHelp),
    'help.tour': always(startTour),
    'palette.open': always(palette.open),
  }
}
