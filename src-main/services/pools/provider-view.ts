/** A provider as people see it. */
import type { Provider } from '../../../src-preload/contract/index.ts'
import type { ProviderDefinition } from '../../providers/types.ts'
import { limitsByModel } from '../keys/limit-rules.ts'

export function providerView(definition: ProviderDefinition): Provider {
  const { id, name, baseUrl, auth, freeCheck, keysUrl, keyHint, presets, resetZone } = definition
  return {
    id,
    name,
    baseUrl,
    auth,
    freeCheck: freeCheck !== null,
    keysUrl,
    keyHint,
    presets: presets.map((preset) => ({ ...preset, limits: limitsByModel(preset.limits) })),
    resetZone,
  }
}
