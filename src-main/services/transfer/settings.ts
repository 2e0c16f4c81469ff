/** Settings in exports and imports: those that belong to the workspace and not to this machine. */
import { isDeepStrictEqual } from 'node:util'
import { type ExportedSettings, exportDocument } from '../../../src-preload/contract/index.ts'
import type { Catalog } from '../catalog.ts'

type Reads = Pick<Catalog, 'settings' | 'remembered'>
type Name = keyof ExportedSettings

const names = Object.keys(exportDocument.shape.settings.unwrap().shape) as Name[]

/** What was never given follows the default, there as here. */
export function exportedSettings(catalog: Reads): ExportedSettings {
  const settings = catalog.settings()
  const given = names.filter((name) => catalog.remembered(name) !== undefined)
  return Object.fromEntries(given.map((name) => [name, settings[name]]))
}

export function changedSettings(imported: ExportedSettings, catalog: Reads): ExportedSettings {
  const settings = catalog.settings()
  const changed = names.filter((name) => imported[name] !== undefined && !isDeepStrictEqual(imported[name], settings[name]))
  return Object.fromEntries(changed.map((name) => [name, imported[name]]))
}
