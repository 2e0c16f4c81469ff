/** The screens by place, each loaded when it is first opened. */
import { type ComponentType, lazy } from 'react'
import type { Place } from '../route.ts'

const screen = <Name extends string>(load: () => Promise<Record<Name, ComponentType>>, name: Name) =>
  lazy(async () => ({ default: (await load())[name] }))

export const screens: Record<Place, ComponentType> = {
  overview: screen(() => import('./overview/overview-screen.tsx'), 'OverviewScreen'),
  keys: screen(() => import('./keys/keys-screen.tsx'), 'KeysScreen'),
  traffic: screen(() => import('./traffic/traffic-screen.tsx'), 'TrafficScreen'),
  connect: screen(() => import('./connect/connect-screen.tsx'), 'ConnectScreen'),
  settings: screen(() => import('./settings/settings-screen.tsx'), 'SettingsScreen'),
  welcome: screen(() => import('./welcome/welcome-screen.tsx'), 'WelcomeScreen'),
}
