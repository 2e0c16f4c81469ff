/** A quality level in place of a model: the best of its models that can serve. */
import { Anchor, Select, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { qualityLevels } from '../../../src-preload/contract/index.ts'
import { hrefOf } from '../../route.ts'
import { useStore } from '../../shell/store.ts'
import { changeSetup, session } from './store.ts'
import { useModels } from './use-models.ts'

export function QualityFields() {
  const { t } = useTranslation(['playground', 'settings'])
  const { quality } = useStore(session).setup
  const { wanted } = useModels()
  return (
    <Stack gap={6}>
      <Select
        label={t('playground:by.quality')}
        description={t(`settings:quality.means.${quality}`)}
        data={qualityLevels.map((level) => ({ value: level, label: t(`settings:quality.levels.${level}`) }))}
        value={quality}
        onChange={(value) => changeSetup({ quality: qualityLevels.find((level) => level === value) ?? quality })}
        allowDeselect={false}
      />
      <Text size="xs" c="dimmed">
        {wanted.length === 0 ? t('playground:noModels') : wanted.join(' → ')}
      </Text>
      <Anchor href={hrefOf('settings', { section: 'models' })} size="xs" underline="always">
        {t('playground:changeQuality')}
      </Anchor>
    </Stack>
  )
}
