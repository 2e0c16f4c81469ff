/** General: how Keywheel looks and speaks. Nothing here affects calls, so it is saved at once. */
import { Input, SegmentedControl, Stack } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Settings } from '../../../src-preload/contract/index.ts'
import { Section } from '../../parts/page.tsx'
import { toastError } from '../../parts/toast.tsx'
import { densities, useDensity } from '../../parts/use-density.ts'
import { useApi } from '../../queries/api.tsx'
import { useTheme } from '../../queries/use-theme.ts'

const themes = ['system', 'light', 'dark'] as const satisfies Settings['theme'][]
const languages = ['system', 'en', 'zh'] as const satisfies Settings['language'][]

export function GeneralSection() {
  const { t } = useTranslation(['settings', 'shell'])
  const { client, orpc } = useApi()
  const { theme, set: setTheme } = useTheme()
  const [density, setDensity] = useDensity()
  const language = useQuery(orpc.settings.get.queryOptions()).data?.language ?? 'system'
  const save = useMutation({
    mutationFn: (next: Settings['language']) => client.settings.update({ language: next }),
    onSuccess: (settings, _language, _result, context) => context.client.setQueryData(orpc.settings.get.queryKey(), settings),
    onError: (error) => toastError(error),
  })
  return (
    <Section title={t('settings:sections.general')}>
      <Stack gap="lg">
        <Input.Wrapper label={t('settings:general.theme')} description={t('settings:general.themeHint')} labelElement="div">
          <SegmentedControl
            mt={6}
            aria-label={t('settings:general.theme')}
            value={theme}
            onChange={(value) => setTheme(themes.find((known) => known === value) ?? 'system')}
            data={themes.map((value) => ({ value, label: t(`settings:general.themes.${value}`) }))}
          />
        </Input.Wrapper>
        <Input.Wrapper label={t('settings:general.language')} description={t('settings:general.languageHint')} labelElement="div">
          <SegmentedControl
            mt={6}
            aria-label={t('settings:general.language')}
            value={language}
            onChange={(value) => save.mutate(languages.find((known) => known === value) ?? 'system')}
            data={languages.map((value) => ({ value, label: t(`settings:general.languages.${value}`) }))}
          />
        </Input.Wrapper>
        <Input.Wrapper label={t('shell:density.label')} description={t('shell:density.hint')} labelElement="div">
          <SegmentedControl
            mt={6}
            aria-label={t('shell:density.label')}
            value={density}
            onChange={(value) => setDensity(densities.find((known) => known === value) ?? 'dense')}
            data={densities.map((value) => ({ value, label: t(`shell:density.${value}`) }))}
          />
        </Input.Wrapper>
      </Stack>
    </Section>
  )
}
