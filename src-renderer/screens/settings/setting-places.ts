/** Every setting, and the section in which it is changed. Pure. */
import type { Settings } from '../../../src-preload/contract/index.ts'
import type { SettingsSection } from '../../route.ts'

export const settingPlaces: Record<keyof Settings, SettingsSection> = {
  theme: 'general',
  language: 'general',
  proxyPort: 'proxy',
  proxyRestore: 'proxy',
  connectRequests: 'proxy',
  proxyOrigins: 'proxy',
  creditRules: 'proxy',
  newPools: 'rotation',
  outbound: 'network',
  noProxy: 'network',
  caFile: 'network',
  prices: 'models',
  quality: 'models',
  apipoolServer: 'server',
  apipoolRegistration: 'server',
  apipoolReveal: 'server',
  notices: 'notifications',
  retentionDays: 'data',
  retentionMb: 'data',
  cacheMb: 'data',
  backupsKept: 'data',
}

export const settingNames = Object.keys(settingPlaces) as (keyof Settings)[]

/** Cards with a title of their own that are no setting. */
export const cardPlaces = {
  backups: 'data',
  export: 'data',
  import: 'data',
  erase: 'data',
} as const satisfies Record<string, SettingsSection>

/** Saved at a click where they are shown, so that they are never in what waits for Save. */
export const savedAtOnce = ['theme', 'language', 'notices'] as const satisfies readonly (keyof Settings)[]
