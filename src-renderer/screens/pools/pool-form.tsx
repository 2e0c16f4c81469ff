/** A pool as a form. */
import { Fieldset, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { type PoolConfig, type Provider, strategies } from '../../../src-preload/contract/index.ts'
import { formatPool } from '../../format.ts'
import { addressExample } from '../../parts/address-example.ts'
import type { Issue } from '../../parts/issues.ts'
import { slugFrom } from '../keys/add/target.ts'
import { ConfigFields } from './config-fields.tsx'
import type { PoolDraft } from './pool-draft.ts'

export interface PoolFormProps {
  mode: 'new' | 'edit'
  draft: PoolDraft
  /** What a new pool begins with. */
  defaults: PoolConfig
  issues: readonly Issue[]
  providers: readonly Provider[]
  /** Slugs of the other pools. */
  pools: readonly string[]
  /** The proxy's address, for showing how the pool is called. */
  address: string
  onChange: (draft: PoolDraft) => void
}

export function PoolForm({ mode, draft, defaults, issues, providers, pools, address, onChange }: PoolFormProps) {
  const { t } = useTranslation(['pools', 'common'])
  const set = (changes: Partial<PoolDraft>) => onChange({ ...draft, ...changes })
  // The path of a new pool follows its name until it is written by hand.
  const rename = (name: string) => {
    const follows = mode === 'new' && draft.slug === slugFrom(draft.name)
    set({ name, ...(follows && { slug: slugFrom(name) }) })
  }
  const problem = (path: string) => issues.find((issue) => issue.path === path)?.message
  const provider = providers.find((entry) => entry.id === draft.provider)
  const demo = draft.provider === 'demo'
  const slug = mode === 'edit' ? formatPool(draft.slug) : draft.slug
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <TextInput
          label={t('name')}
          value={draft.name}
          onChange={(event) => rename(event.currentTarget.value)}
          maxLength={128}
          error={problem('name')}
          data-autofocus
        />
        <TextInput
          label={t('slug')}
          value={slug}
          onChange={(event) => set({ slug: event.currentTarget.value })}
          readOnly={mode === 'edit'}
          required={mode === 'new'}
          maxLength={64}
          error={draft.slug !== '' && problem('slug')}
          description={t('slugHelp', { address: `${address}/${slug || '…'}` })}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
        />
        <Select
          label={t('provider')}
          data={providers.filter((entry) => demo || entry.id !== 'demo').map((entry) => ({ value: entry.id, label: entry.name }))}
          value={draft.provider}
          onChange={(id) => {
            const next = providers.find((entry) => entry.id === id)
            if (next) set({ provider: next.id, auth: next.auth, baseUrl: '' })
          }}
          readOnly={mode === 'edit'}
          allowDeselect={false}
          error={problem('provider')}
        />
        <Select
          label={t('strategy')}
          data={strategies.map((name) => ({ value: name, label: t(`common:strategies.${name}`) }))}
          value={draft.strategy}
          onChange={(name) => set({ strategy: strategies.find((known) => known === name) ?? draft.strategy })}
          allowDeselect={false}
          description={t(`strategyHelp.${draft.strategy}`)}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
        />
      </SimpleGrid>
      {demo ? (
        <Text size="sm" c="dimmed">
          {t('demo')}
        </Text>
      ) : (
        <>
          <TextInput
            label={t('baseUrl')}
            description={t('baseUrlHelp')}
            placeholder={provider?.baseUrl ?? addressExample(draft.provider)}
            required={mode === 'edit' || provider?.baseUrl === null}
            value={draft.baseUrl}
            onChange={(event) => set({ baseUrl: event.currentTarget.value })}
            error={problem('baseUrl')}
            spellCheck={false}
          />
          <AuthFields draft={draft} problem={problem} set={set} />
        </>
      )}
      <ConfigFields
        config={draft.config}
        scene={{
          provider: draft.provider,
          defaults,
          resetZone: provider?.resetZone,
          presets: provider?.presets ?? [],
          pools,
          issues,
        }}
        onChange={(config) => set({ config })}
      />
    </Stack>
  )
}

interface AuthFieldsProps {
  draft: PoolDraft
  problem: (path: string) => string | undefined
  set: (changes: Partial<PoolDraft>) => void
}

function AuthFields({ draft: { auth }, problem, set }: AuthFieldsProps) {
  const { t } = useTranslation(['pools'])
  return (
    <Fieldset legend={t('auth')} p="sm">
      <SimpleGrid cols={{ base: 1, xs: 3 }}>
        <Select
          label={t('authIn')}
          data={[
            { value: 'header', label: t('authHeader') },
            { value: 'query', label: t('authQuery') },
          ]}
          value={auth.in}
          onChange={(place) => set({ auth: { ...auth, in: place === 'query' ? 'query' : 'header' } })}
          allowDeselect={false}
        />
        <TextInput
          label={t('authName')}
          value={auth.name}
          onChange={(event) => set({ auth: { ...auth, name: event.currentTarget.value } })}
          error={problem('auth.name')}
          spellCheck={false}
        />
        <TextInput
          label={t('authFormat')}
          value={auth.format}
          onChange={(event) => set({ auth: { ...auth, format: event.currentTarget.value } })}
          error={problem('auth.format')}
          description={t('authFormatHelp')}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          spellCheck={false}
        />
      </SimpleGrid>
    </Fieldset>
  )
}
