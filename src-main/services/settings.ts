/** Settings: kept as they were given; what was never given follows the default. */
import type { Clock } from '../pool/types.ts'
import type { Catalog } from './catalog.ts'
import { checkCaFile } from './outbound/trust.ts'
import type { SettingsService } from './types.ts'

export function createSettingsService(catalog: Catalog, clock: Clock): SettingsService {
  return {
    get: () => catalog.settings(),
    update: (patch, actor) =>
      catalog.exclusive(async () => {
        if (typeof patch.caFile === 'string') checkCaFile(patch.caFile)
        const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined))
        if (Object.keys(given).length === 0) return catalog.settings()
        const audit = [{ at: clock.now(), actor, action: 'settings.update', subject: Object.keys(given).join(',') }]
        await catalog.commit({ putSettings: given, audit })
        return catalog.settings()
      }),
  }
}
