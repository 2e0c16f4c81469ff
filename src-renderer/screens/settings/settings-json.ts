/** Settings as JSON: those that wait for Save, and only what differs from the defaults. Pure. */
import { type Settings, settingsPatchSchema, settingsSchema } from '../../../src-preload/contract/index.ts'
import { type Issue, issuesOf } from '../../parts/issues.ts'
import { type savedAtOnce, settingNames } from './setting-places.ts'

const defaults: Settings = settingsSchema.parse({})
const shape = settingsPatchSchema.omit({ theme: true, language: true, notices: true } satisfies Record<
  (typeof savedAtOnce)[number],
  true
>)
const inFile = settingNames.filter((name) => Object.hasOwn(shape.shape, name))

export type FileSettings = Omit<Settings, (typeof savedAtOnce)[number]>

export function jsonOfSettings(settings: FileSettings): string {
  const differing = Object.entries(settings).filter(
    ([name, value]) => inFile.some((known) => known === name) && !same(value, defaults[name as keyof Settings]),
  )
  return JSON.stringify(Object.fromEntries(differing), null, 2)
}

/** What is left out has its default. */
export function settingsOfJson(text: string): { settings: FileSettings } | { issues: Issue[] } | { notJson: string } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    return { notJson: error instanceof Error ? error.message : String(error) }
  }
  const { success, data, error } = shape.safeParse(value)
  if (success) return { settings: fileSettings(settingsSchema.parse(data)) }
  return { issues: issuesOf(error) }
}

function fileSettings({ theme: _theme, language: _language, notices: _notices, ...rest }: Settings): FileSettings {
  return rest
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
