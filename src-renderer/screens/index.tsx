/** The screens by place, each loaded when it is first opened, or when the page has nothing else to do. */
import type { ComponentType } from 'react'
import { lazyNamed } from '../parts/lazy-named.ts'
import type { Place } from '../route.ts'

export const screens: Record<Place, ComponentType> = {
  overview: lazyNamed(() => import('./overview/overview-screen.tsx'), 'OverviewScreen'),
  keys: lazyNamed(() => import('./keys/keys-screen.tsx'), 'KeysScreen'),
  traffic: lazyNamed(() => import('./traffic/traffic-screen.tsx'), 'TrafficScreen'),
  connect: lazyNamed(() => import('./connect/connect-screen.tsx'), 'ConnectScreen'),
  playground: lazyNamed(() => import('./playground/playground-screen.tsx'), 'PlaygroundScreen'),
  settings: lazyNamed(() => import('./settings/settings-screen.tsx'), 'SettingsScreen'),
  welcome: lazyNamed(() => import('./welcome/welcome-screen.tsx'), 'WelcomeScreen'),
}
