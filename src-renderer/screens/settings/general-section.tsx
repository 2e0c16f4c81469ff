/** General: how Keywheel looks and speaks. Nothing here affects calls, so it is saved at once. */
import { Input, SegmentedControl, Stack } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Settings } from '../../../src-preload/contract/index.ts'
import { Section } from '../../parts/page.tsx'
import { toastError } from '../../parts/toast.tsx'
import { useApi } from '../../queries/api.tsx'
import { useTheme } from '../../queries/use-theme.ts'

const themes = ['system', 'light', 'dark'] as const satisfies Settings['theme'][]
const languages = ['system', 'en', 'zh'] as const satisfies Settings['language'][]

export function GeneralSection() {
  const { t } = useTranslation('settings')
  const { client, orpc } = useApi()
  const { theme, set: setTheme } = useTheme()
  const language = useQuery(orpc.settings.get.queryOptions()).data?.language ?? 'system'
  const save = useMutation({
    mutationFn: (next: Settings['language']) => client.settings.update({ language: next }),
    onSuccess: (settings, _language, _result, context) => context.client.setQueryData(orpc.settings.get.queryKey(), settings),
    onError: (error) => toastError(error),
  })
  return (
    <Section title={t('sections.general')}>
      <Stack gap="lg">
        <Input.Wrapper label={t('general.theme')} description={t('general.themeHint')} labelElement="div">
          <SegmentedControl
            mt={6}
            aria-label={t('general.theme')}
            value={theme}
            onChange={(value) => setTheme(themes.find((known) => known === value) ?? 'system')}
            data={themes.map((value) => ({ value, label: t(`general.themes.${value}`) }))}
          />
        </Input.Wrapper>
        <Input.Wrapper label={t('general.language')} description={t('general.languageHint')} labelElement="div">
          <SegmentedControl
            mt={6}
            aria-label={t('general.language')}
            value={language}
            onChange={(value) => save.mutate(languages.find((known) => known === value) ?? 'system')}
            data={languages.map((value) => ({ value, label: t(`general.languages.${value}`) }))}
          />
        </Input.Wrapper>
      </Stack>
    </Section>
  )
}
