/** What its owner allows a key: until when, how much, how fast, and on whose account. */
import { Autocomplete, type InputWrapperProps, NumberInput, Select, SimpleGrid, Stack, TextInput, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Key } from '../../../src-preload/contract/index.ts'
import { LimitsTable } from '../../parts/limits/limits-table.tsx'
import { ZoneSelect } from '../../parts/limits/zone-select.tsx'
import { OutboundField } from '../../parts/outbound-field.tsx'
import { useApi } from '../../queries/api.tsx'
import { budgetPeriods } from './key-draft.ts'
import type { KeyFormState } from './use-key-form.ts'

/** The explanation below keeps the controls of a row in line. */
const inputWrapperOrder: NonNullable<InputWrapperProps['inputWrapperOrder']> = ['label', 'input', 'description', 'error']

export function KeyAllowances({ entry, form }: { entry: Key; form: KeyFormState }) {
  const { t } = useTranslation(['keys'])
  const { values, errors, setFieldValue } = form
  return (
    <Stack gap="sm" component="section" aria-label={t('limits.allowed')}>
      <Title order={3}>{t('limits.allowed')}</Title>
      <SimpleGrid cols={2}>
        <AccountField entry={entry} form={form} />
        <TextInput
          type="datetime-local"
          label={t('drawer.expires')}
          inputWrapperOrder={inputWrapperOrder}
          description={t('drawer.expiresHelp')}
          {...form.getInputProps('expires')}
        />
        <NumberInput
          label={t('limits.budget')}
          inputWrapperOrder={inputWrapperOrder}
          description={t('limits.budgetHelp')}
          placeholder={t('limits.noBudget')}
          prefix="$"
          min={0}
          max={1e9}
          decimalScale={2}
          thousandSeparator=","
          {...form.getInputProps('budget')}
        />
        <Select
          label={t('limits.budgetPer')}
          inputWrapperOrder={inputWrapperOrder}
          description={t('limits.budgetPerHelp')}
          data={budgetPeriods.map((per) => ({ value: per, label: t(`limits.per.${per}`) }))}
          allowDeselect={false}
          disabled={values.budget === ''}
          {...form.getInputProps('budgetPer')}
        />
      </SimpleGrid>
      <LimitsTable
        label={t('limits.own')}
        description={t('limits.ownHelp')}
        value={values.limits}
        onChange={(limits) => setFieldValue('limits', limits)}
        presets={[]}
        error={typeof errors['limits'] === 'string' ? errors['limits'] : undefined}
      />
      <OutboundField
        label={t('limits.outbound')}
        description={t('limits.outboundHelp')}
        inherit={t('limits.outboundInherit')}
        value={values.outbound}
        onChange={(outbound) => setFieldValue('outbound', outbound)}
        error={typeof errors['outbound'] === 'string' ? errors['outbound'] : undefined}
      />
      <ZoneSelect
        label={t('limits.zone')}
        description={t('limits.zoneHelp')}
        value={values.limitZone}
        onChange={(zone) => zone && setFieldValue('limitZone', zone)}
        error={errors['limitZone']}
      />
    </Stack>
  )
}

/** Names that the pool's other keys have are offered: a name written differently would be another account. */
function AccountField({ entry, form }: { entry: Key; form: KeyFormState }) {
  const { t } = useTranslation(['keys'])
  const { orpc } = useApi()
  const slug = entry.pools[0]?.pool
  const accounts =
    useQuery(orpc.pools.accounts.queryOptions({ input: { slug: slug ?? '' }, enabled: slug !== undefined })).data ?? []
  const found = entry.account?.source === 'discovered' ? entry.account.id : null
  return (
    <Autocomplete
      label={t('limits.account')}
      inputWrapperOrder={inputWrapperOrder}
      description={found ? t('limits.accountFound') : t('limits.accountHelp')}
      placeholder={found ?? t('limits.accountOwn')}
      data={accounts.filter(({ source }) => source !== 'own').map(({ id }) => id)}
      limit={20}
      maxLength={128}
      spellCheck={false}
      {...form.getInputProps('account')}
    />
  )
}
