/** Everything in Settings that can be looked for by name: sections, cards and single settings, with the section each is in. */
import { useTranslation } from 'react-i18next'
import { type SettingsSection, settingsSections } from '../../route.ts'
import { cardPlaces, settingNames, settingPlaces } from './setting-places.ts'

export interface SettingEntry {
  /** Unique among them. */
  id: string
  label: string
  section: SettingsSection
  /** What to look for there: one of many fields. */
  find?: string
}

export function useSettingIndex(): { sections: SettingEntry[]; single: SettingEntry[] } {
  const { t } = useTranslation(['settings', 'pools'])
  // Their words are here in any case; their schema is not, and would come with the palette.
  const fields = Object.values(t('pools:fields', { returnObjects: true }))
  const cards = Object.keys(cardPlaces) as (keyof typeof cardPlaces)[]
  return {
    sections: settingsSections.map((section) => ({ id: section, label: t(`sections.${section}`), section })),
    single: [
      ...cards.map((card) => ({ id: `card.${card}`, label: t(`${card}.title`), section: cardPlaces[card] })),
      ...settingNames.map((name) => ({ id: name, label: t(`names.${name}`), section: settingPlaces[name] })),
      ...fields.map(({ label }) => ({
        id: `rotation.${label}`,
        label: t('rotation.entry', { field: label }),
        section: settingPlaces.newPools,
        find: label,
      })),
    ],
  }
}
