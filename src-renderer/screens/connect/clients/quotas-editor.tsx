/** Quotas of a client while they are edited: so many credits per interval, counted from when. */
import { ActionIcon, Button, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core'
import { IconPlus, IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { quotaDurations } from '../../../../src-preload/contract/index.ts'
import { ZoneSelect } from '../../../parts/limits/zone-select.tsx'
import { localTimeOf, localTimeText } from '../../../parts/local-time.ts'
import { type QuotaDraft, withNewQuota } from './client-draft.ts'
import classes from './clients.module.css'

export interface QuotasEditorProps {
  value: readonly QuotaDraft[]
  onChange: (quotas: QuotaDraft[]) => void
  /** By path within the quotas (`0.credits`). */
  problem: (path: string) => string | undefined
}

export function QuotasEditor({ value, onChange, problem }: QuotasEditorProps) {
  const { t } = useTranslation('clients')
  const next = withNewQuota(value)
  return (
    <Stack gap={6} role="group" aria-label={t('quotas.title')}>
      <div>
        <Text size="sm" fw={600}>
          {t('quotas.title')}
        </Text>
        <Text size="xs" c="dimmed">
          {t('quotas.text')}
        </Text>
      </div>
      {value.length > 0 && (
        // Each control has a name of its own for a screen reader.
        <div className={`${classes.quota} ${classes.quotaHead}`} aria-hidden>
          <span>{t('usage.credits')}</span>
          <span>{t('quotas.interval')}</span>
          <span>{t('quotas.from')}</span>
          <span>{t('quotas.zoneHead')}</span>
        </div>
      )}
      {value.map((quota, at) => (
        <QuotaRow
          // A duration is there once at most, but it may be changed: the place is the name.
          key={at}
          quota={quota}
          number={at + 1}
          taken={value.flatMap(({ duration }, index) => (index === at ? [] : [duration]))}
          problem={(field) => problem(`${at}.${field}`)}
          onChange={(changes) => onChange(value.map((old, index) => (index === at ? { ...old, ...changes } : old)))}
          onRemove={() => onChange(value.filter((_, index) => index !== at))}
        />
      ))}
      {next && (
        <div>
          <Button size="compact-sm" variant="default" leftSection={<IconPlus size={14} />} onClick={() => onChange(next)}>
            {t('quotas.add')}
          </Button>
        </div>
      )}
    </Stack>
  )
}

interface QuotaRowProps {
  quota: QuotaDraft
  /** From 1. */
  number: number
  /** Durations of the others. */
  taken: readonly QuotaDraft['duration'][]
  problem: (field: keyof QuotaDraft) => string | undefined
  onChange: (changes: Partial<QuotaDraft>) => void
  onRemove: () => void
}

function QuotaRow({ quota, number, taken, problem, onChange, onRemove }: QuotaRowProps) {
  const { t } = useTranslation(['clients', 'common', 'fields'])
  return (
    <div className={classes.quota}>
      <NumberInput
        aria-label={t('clients:quotas.credits', { number })}
        placeholder={t('clients:quotas.unlimited')}
        suffix={` ${t('clients:quotas.unit')}`}
        value={quota.credits ?? ''}
        onChange={(credits) => onChange({ credits: credits === '' ? null : Number(credits) })}
        min={0}
        max={9e9}
        clampBehavior="none"
        allowNegative={false}
        thousandSeparator=","
        hideControls
        error={problem('credits')}
      />
      <Select
        aria-label={t('clients:quotas.duration', { number })}
        data={quotaDurations.map((name) => ({
          value: name,
          label: t(`fields:quotas.durations.${name}`),
          disabled: taken.includes(name),
        }))}
        value={quota.duration}
        onChange={(chosen) => {
          const duration = quotaDurations.find((name) => name === chosen)
          if (duration) onChange({ duration })
        }}
        allowDeselect={false}
        error={problem('duration')}
      />
      <TextInput
        type="datetime-local"
        aria-label={t('clients:quotas.start', { number })}
        title={t('clients:quotas.startHelp')}
        value={localTimeText(quota.start)}
        onChange={(event) => onChange({ start: localTimeOf(event.currentTarget.value) })}
        error={problem('start')}
      />
      <ZoneSelect
        aria-label={t('clients:quotas.zone', { number })}
        placeholder={t('clients:quotas.zoneHere')}
        value={quota.zone}
        onChange={(zone) => onChange({ zone })}
        clearable
        error={problem('zone')}
      />
      <ActionIcon variant="subtle" color="gray" mt={2} aria-label={t('clients:quotas.remove', { number })} onClick={onRemove}>
        <IconTrash size={15} />
      </ActionIcon>
    </div>
  )
}
