/** Settings: kept as they were given; what was never given follows the default. */
import { KeywheelError, type NewPools } from '../../src-preload/contract/index.ts'
import type { Clock } from '../pool/types.ts'
import type { Catalog } from './catalog.ts'
import { checkCaFile } from './outbound/trust.ts'
import { newPool } from './pools/pool-row.ts'
import { rehearsePools } from './pools/rehearsal.ts'
import type { SettingsService } from './types.ts'

export function createSettingsService(catalog: Catalog, clock: Clock): SettingsService {
  return {
    get: () => catalog.settings(),
    update: (patch, actor) =>
      catalog.exclusive(async () => {
        if (typeof patch.caFile === 'string') checkCaFile(patch.caFile)
        if (patch.newPools) checkNewPools(patch.newPools)
        const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined))
        if (Object.keys(given).length === 0) return catalog.settings()
        const audit = [{ at: clock.now(), actor, action: 'settings.update', subject: Object.keys(given).join(',') }]
        await catalog.commit({ putSettings: given, audit })
        return catalog.settings()
      }),
  }
}

/** INVALID_INPUT for what no pool could begin with, e.g. `newPools.config.fallback` for a circle. */
function checkNewPools(begin: NewPools): void {
  const any = { slug: 'new', draft: false, provider: 'custom', baseUrl: 'https://new.invalid' }
  try {
    rehearsePools([]).add(newPool(any, 0, begin))
  } catch (error) {
    if (!(error instanceof KeywheelError)) throw error
    const fields = (error.data.fields ?? []).map(({ path, message }) => ({ path: `newPools.${path}`, message }))
    const message = fields.map((field) => `${field.path}: ${field.message}`).join('; ')
    throw new KeywheelError(error.code, message, { fields })
  }
}
