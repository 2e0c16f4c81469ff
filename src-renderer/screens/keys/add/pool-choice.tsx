/** Where the keys shall go: a pool that is there, or a new one. */
import { Anchor, Select, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import type { Pool, Provider } from '../../../../src-preload/contract/index.ts'
import { addressExample } from '../../../parts/address-example.ts'
import { newSplit, newTarget, type Target } from './target.ts'

export interface PoolChoiceProps {
  pools: readonly Pool[]
  providers: readonly Provider[]
  value: Target
  /** The keys are of several providers. */
  mixed: boolean
  onChange: (target: Target) => void
  /** Refused fields by name. */
  errors?: Record<string, string>
}

const newPool = '+new'
const each = '+each'

function targetOf(choice: string, mixed: boolean): Target {
  if (choice === each) return { ...newSplit, chosen: true }
  // A mixture is not split again by itself; keys of one provider still say whose pool it is.
  return choice === newPool ? { ...newTarget, chosen: mixed } : { kind: 'existing', slug: choice, chosen: true }
}

export function PoolChoice({ pools, providers, value, mixed, onChange, errors = {} }: PoolChoiceProps) {
  const { t } = useTranslation(['keys'])
  // The demo pool has keys of its own.
  const choices = pools.filter((pool) => pool.provider !== 'demo')
  const provider = value.kind === 'new' ? providers.find((entry) => entry.id === value.provider) : undefined
  return (
    <Stack gap="sm">
      {(choices.length > 0 || mixed) && (
        <Select
          label={t('sheet.pool')}
          data={[
            ...(mixed ? [{ value: each, label: t('sheet.split.each') }] : []),
            ...choices.map((pool) => ({ value: pool.slug, label: pool.name })),
            { value: newPool, label: t('sheet.poolNew') },
          ]}
          value={value.kind === 'existing' ? value.slug : value.kind === 'split' ? each : newPool}
          onChange={(slug) => slug !== null && onChange(targetOf(slug, mixed))}
          allowDeselect={false}
        />
      )}
      {value.kind === 'new' && (
        <>
          <SimpleGrid cols={2}>
            <Select
              label={t('sheet.provider')}
              data={providers.filter((entry) => entry.id !== 'demo').map((entry) => ({ value: entry.id, label: entry.name }))}
              value={value.provider}
              onChange={(id) => id && onChange({ ...value, provider: id, chosen: true })}
              allowDeselect={false}
              error={errors['provider']}
            />
            <TextInput
              label={t('sheet.poolName')}
              placeholder={provider?.name ?? ''}
              value={value.name}
              onChange={(event) => onChange({ ...value, name: event.currentTarget.value })}
              maxLength={128}
              error={errors['slug'] ?? errors['name']}
            />
          </SimpleGrid>
          <TextInput
            label={t('sheet.baseUrl')}
            description={t('sheet.baseUrlHelp')}
            placeholder={provider?.baseUrl ?? addressExample(value.provider)}
            value={value.baseUrl}
            onChange={(event) => onChange({ ...value, baseUrl: event.currentTarget.value })}
            required={provider?.baseUrl === null}
            error={errors['baseUrl']}
            spellCheck={false}
          />
          {provider?.keysUrl && (
            <Anchor size="xs" href={provider.keysUrl} target="_blank" rel="noreferrer">
              {t('sheet.keysUrl')}
            </Anchor>
          )}
        </>
      )}
    </Stack>
  )
}
