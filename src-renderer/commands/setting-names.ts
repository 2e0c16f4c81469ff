/** The names of settings by section, read from the words themselves: a name has an explanation beside it (`port`, `portHint`). Pure. */
import type { en } from '../i18n/en/index.ts'
import type { settingsSections } from '../route.ts'

type Section = (typeof settingsSections)[number]
type Texts = { readonly [name: string]: string | Texts }

/** Whose words stand under another name than the section's. */
const homes: Partial<Record<keyof (typeof en)['settings'], Section>> = {
  prices: 'models',
  quality: 'models',
  cache: 'data',
}

export interface SettingName {
  section: Section
  /** Unique among them. */
  id: string
  label: string
}

export function settingNames(words: Texts, sections: readonly Section[]): SettingName[] {
  return Object.entries(words).flatMap(([area, texts]) => {
    const section = sections.find((known) => known === area) ?? homes[area as keyof typeof homes]
    return section === undefined || typeof texts === 'string' ? [] : namesIn(texts, area).map((name) => ({ section, ...name }))
  })
}

function namesIn(texts: Texts, area: string): Omit<SettingName, 'section'>[] {
  const { title } = texts
  const named = Object.entries(texts).flatMap(([name, label]) =>
    typeof label === 'string' && `${name}Hint` in texts ? [{ id: `${area}.${name}`, label }] : [],
  )
  return typeof title === 'string' ? [{ id: area, label: title }, ...named] : named
}
