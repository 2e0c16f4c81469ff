/** Quality levels: which models the Playground and `keywheel task --quality` ask, best first. */
import { Stack, TagsInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { qualityLevels } from '../../../src-preload/contract/index.ts'
import { formatList } from '../../format.ts'
import { Section } from '../../parts/page.tsx'
import { useApi } from '../../queries/api.tsx'
import { FieldDefault } from './field-default.tsx'
import { type Draft, defaultSettings } from './use-draft.ts'

export function QualityCard({ draft }: { draft: Draft }) {
  const { t, i18n } = useTranslation('settings')
  const { orpc } = useApi()
  const served = useQuery(orpc.routes.models.queryOptions()).data ?? []
  const { value, set, errors } = draft
  if (!value) return null
  const { quality } = value
  return (
    <Section title={t('quality.title')} description={t('quality.text')}>
      <Stack gap="lg" maw={640}>
        {qualityLevels.map((level) => (
          <div key={level}>
            <TagsInput
              label={t(`quality.levels.${level}`)}
              description={t(`quality.means.${level}`)}
              value={quality[level]}
              onChange={(models) => set('quality', { ...quality, [level]: models })}
              data={[...new Set(served.map(({ model }) => model))]}
              maxTags={16}
              acceptValueOnBlur
            />
            <FieldDefault
              name={t(`quality.levels.${level}`)}
              value={formatList(defaultSettings.quality[level], i18n.language)}
              isDefault={JSON.stringify(quality[level]) === JSON.stringify(defaultSettings.quality[level])}
              onReset={() => set('quality', { ...quality, [level]: defaultSettings.quality[level] })}
            />
          </div>
        ))}
        {errors.quality}
      </Stack>
    </Section>
  )
}
