/** Everything in Settings that can be looked for by name: sections, cards and single settings, with the section each is in. */
import { useTranslation } from 'react-i18next'
import { type SettingsSection, settingsSections } from '../../route.ts'
import { cardPlaces, settingNames, settingPlaces } from './setting-places.ts'

export interface SettingEntry {
  /** Unique among them. */
  id: string
  label: string
  section: SettingsSection
}

export function useSettingIndex(): { sections: SettingEntry[]; single: SettingEntry[] } {
  const { t } = useTranslation('settings')
  const cards = Object.keys(cardPlaces) as (keyof typeof cardPlaces)[]
  return {
    sections: settingsSections.map((section) => ({ id: section, label: t(`sections.${section}`), section })),
    single: [
      ...cards.map((card) => ({ id: `card.${card}`, label: t(`${card}.title`), section: cardPlaces[card] })),
      ...settingNames.map((name) => ({ id: name, label: t(`names.${name}`), section: settingPlaces[name] })),
    ],
  }
}
