/** The shell around the screens. */
import { AppShell, Box } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, Suspense, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import classes from './app.module.css'
import { useAskedCommands } from './commands/asked.ts'
import { useCommands } from './commands/use-commands.ts'
import { useShortcuts } from './commands/use-shortcuts.ts'
import { languageOf, showLanguage } from './i18n/index.ts'
import { lazyNamed, loadAhead } from './parts/lazy-named.ts'
import { SkeletonRows } from './parts/skeletons.tsx'
import { useDensityOnPage } from './parts/use-density.ts'
import { usePrivacyOnPage } from './privacy/privacy.ts'
import { useApi } from './queries/api.tsx'
import { useThemeFromSettings } from './queries/use-theme.ts'
import { navigate, type Place, useRoute } from './route.ts'
import { screens } from './screens/index.tsx'
import { Banners } from './shell/banners.tsx'
import { closeDialog, dialogs } from './shell/dialogs.ts'
import { useFileDrop } from './shell/file-drop.ts'
import { Header } from './shell/header.tsx'
import { lastPlace, rememberView, setViewsOf, viewOf } from './shell/last-views.ts'
import { Nav } from './shell/nav.tsx'
import { ScreenBoundary } from './shell/screen-boundary.tsx'
import { useStore } from './shell/store.ts'
import { tourAt } from './shell/tour/steps.ts'

const Palette = lazyNamed(() => import('./commands/palette.tsx'), 'Palette')
const HelpDialog = lazyNamed(() => import('./shell/help-dialog.tsx'), 'HelpDialog')
const Tour = lazyNamed(() => import('./shell/tour/tour.tsx'), 'Tour')
const UnlockDialog = lazyNamed(() => import('./shell/unlock-dialog.tsx'), 'UnlockDialog')

/** `onRetry` is given while the connection is lost. */
export function App({ onRetry }: { onRetry?: () => void }) {
  const { t } = useTranslation()
  const commands = useCommands()
  const dialog = useStore(dialogs)
  const touring = useStore(tourAt) !== null
  const { place, welcome } = usePlace()
  useShortcuts(commands)
  useAskedCommands(commands)
  useFileDrop()
  useThemeFromSettings()
  useDensityOnPage()
  usePrivacyOnPage()
  useLanguageFromSettings()
  useEffect(() => {
    document.title = place ? `${t(`places.${place}`)} · ${t('app')}` : t('app')
  }, [place, t])

  if (!place) return null
  const Screen = screens[place]
  return (
    <AppShell header={{ height: 52 }} navbar={{ width: 80, breakpoint: 0 }} padding={0}>
      <a
        className={classes.skip}
        href="#main"
        onClick={(event) => (event.preventDefault(), document.getElementById('main')?.focus())}
      >
        {t('skip')}
      </a>
      <AppShell.Header className={classes.bar}>
        <Header onPalette={commands['palette.open'].run} />
      </AppShell.Header>
      <AppShell.Navbar className={classes.bar} aria-label={t('nav')}>
        <Nav place={place} welcome={welcome} />
      </AppShell.Navbar>
      <AppShell.Main className={classes.main} id="main" tabIndex={-1}>
        <Banners place={place} {...(onRetry && { onRetry })} />
        <ScreenBoundary key={place}>
          <Suspense fallback={<Loading />}>
            <Screen />
            <Ahead />
          </Suspense>
        </ScreenBoundary>
      </AppShell.Main>
      <Suspense>
        <Palette commands={commands} />
      </Suspense>
      <Once opened={touring}>
        <Tour />
      </Once>
      <Once opened={dialog === 'help'}>
        <HelpDialog opened={dialog === 'help'} onClose={closeDialog} />
      </Once>
      <Once opened={dialog === 'unlock'}>
        <UnlockDialog opened={dialog === 'unlock'} onClose={closeDialog} />
      </Once>
    </AppShell>
  )
}

/** The place in the address; without one, Welcome while there are no keys and afterwards where the last visit ended. */
function usePlace(): { place: Place | null; welcome: boolean } {
  const { orpc } = useApi()
  const route = useRoute()
  const pools = useQuery(orpc.pools.list.queryOptions())
  const empty = pools.data !== undefined && pools.data.every((pool) => pool.keys.total === 0)
  const workspaces = useQuery(orpc.workspaces.list.queryOptions())
  const workspace = workspaces.data?.find(({ open }) => open)?.slug
  if (workspace !== undefined) setViewsOf(workspace)
  const known = workspace !== undefined && pools.data !== undefined
  const home = pools.isError || workspaces.isError ? 'overview' : !known ? null : empty ? 'welcome' : (lastPlace() ?? 'overview')
  const place = route.place ?? home
  // Written down once it is known: the first key must not take a person out of Welcome in the middle of it.
  useEffect(() => {
    if (route.place === null && home !== null) navigate(home, viewOf(home), { replace: true })
  }, [route.place, home])
  useEffect(() => {
    if (route.place !== null && known) rememberView(route.place, route.params)
  }, [route, known])
  return { place, welcome: empty || place === 'welcome' }
}

function useLanguageFromSettings(): void {
  const { orpc } = useApi()
  const { i18n } = useTranslation()
  const setting = useQuery(orpc.settings.get.queryOptions()).data?.language
  useEffect(() => {
    if (setting) void showLanguage(i18n, languageOf(setting))
  }, [setting, i18n])
  useEffect(() => {
    document.documentElement.lang = i18n.language
  }, [i18n.language])
}

/** Nothing is loaded before it is opened for the first time; from then on it stays, so that it can close. */
function Once({ opened, children }: { opened: boolean; children: ReactNode }) {
  const [wanted, setWanted] = useState(opened)
  if (opened && !wanted) setWanted(true)
  return wanted && <Suspense>{children}</Suspense>
}

/** Drawn with the first screen, when that is there. */
function Ahead() {
  useEffect(loadAhead, [])
  return null
}

function Loading() {
  return (
    <Box p="lg">
      <SkeletonRows />
    </Box>
  )
}
