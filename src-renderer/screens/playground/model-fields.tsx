/** A model by its name, wherever it is served or in one pool. */
import { Autocomplete, Select, Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Pool } from '../../../src-preload/contract/index.ts'
import { formatNames, formatPool } from '../../format.ts'
import { useStore } from '../../shell/store.ts'
import { changeSetup, session } from './store.ts'
import { type Models, useModels } from './use-models.ts'

export function ModelFields({ pools }: { pools: readonly Pool[] }) {
  const { t, i18n } = useTranslation('playground')
  const { setup } = useStore(session)
  const models = useModels()
  const callable = pools.filter(({ state }) => state !== 'retired')
  const chosen = callable.find(({ slug }) => slug === setup.pool)
  return (
    <Stack gap="sm">
      <Select
        label={t('pool')}
        placeholder={t('anyPool')}
        data={callable.map(({ slug, name, state }) => ({
          value: slug,
          label: state === 'draft' ? t('draftPool', { name }) : name,
        }))}
        value={setup.pool}
        onChange={(pool) => changeSetup({ pool, model: null })}
        clearable
        clearButtonProps={{ 'aria-label': t('anyPool') }}
        searchable={callable.length > 8}
      />
      <Autocomplete
        label={t('model')}
        data={[...models.names]}
        limit={50}
        value={setup.model ?? models.first ?? ''}
        onChange={(model) => changeSetup({ model })}
        description={chosen?.state === 'draft' ? t('draftHelp') : standing(models, setup.pool, t, i18n.language)}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        maxLength={200}
        spellCheck={false}
      />
    </Stack>
  )
}

/** Where it would go, as far as that is known beforehand. */
function standing(
  { wanted, served, loading }: Models,
  pool: string | null,
  t: ReturnType<typeof useTranslation<'playground'>>['t'],
  language: string,
): string {
  const [name = ''] = wanted
  if (loading || name === '') return t('modelHelp')
  const model = pool === null ? name : name.slice(pool.length + 1)
  const places = served.filter((entry) => entry.model === model && (pool === null || entry.pool === pool))
  if (places.length === 0) return t('unlisted')
  const ready = places.filter((place) => place.ready)
  if (ready.length === 0) return t('noReadyKey')
  const pools = ready.map((place) => formatPool(place.pool))
  return t('servedBy', { pools: formatNames(pools, language) })
}
