/** Data: how much is kept and for how long, export, import, and the end of it all. */
import { Alert, Group, NumberInput, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Settings, SystemInfo } from '../../../src-preload/contract/index.ts'
import { formatBytes } from '../../format.ts'
import { CopyButton } from '../../parts/copy-button.tsx'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { Section } from '../../parts/page.tsx'
import { SkeletonRows } from '../../parts/skeletons.tsx'
import { useApi } from '../../queries/api.tsx'
import { BackupsCard } from './backups/backups-card.tsx'
import { CacheCard } from './cache-card.tsx'
import { EraseCard } from './erase-card.tsx'
import { ExportForm } from './export-form.tsx'
import { Facts } from './facts.tsx'
import { FieldDefault } from './field-default.tsx'
import { ImportForm } from './import-form.tsx'
import { type Draft, defaultSettings } from './use-draft.ts'

export function DataSection({ draft, action }: { draft: Draft; action: string | null }) {
  const { t } = useTranslation('settings')
  const { orpc } = useApi()
  const info = useQuery(orpc.system.info.queryOptions({ staleTime: 0 }))
  return (
    <>
      <Section title={t('data.sizes')}>
        {info.isError && <ErrorNotice error={info.error} onRetry={() => void info.refetch()} />}
        {info.isPending && <SkeletonRows rows={3} />}
        {info.data && <Sizes info={info.data} />}
      </Section>
      <BackupsCard draft={draft} />
      <Retention draft={draft} />
      <CacheCard draft={draft} />
      <ExportForm focused={action === 'export'} />
      <ImportForm focused={action === 'import'} />
      <EraseCard />
    </>
  )
}

function Sizes({ info }: { info: SystemInfo }) {
  const { t, i18n } = useTranslation('settings')
  return (
    <>
      <Facts
        facts={[
          [t('data.configuration'), formatBytes(info.databaseBytes, i18n.language)],
          [t('data.usage'), formatBytes(info.usageBytes, i18n.language)],
          [
            t('data.folder'),
            <Group key="folder" gap={4}>
              <Text size="sm" ff="monospace">
                {info.dataDir}
              </Text>
              <CopyButton value={info.dataDir} label={t('data.copyFolder')} />
            </Group>,
          ],
        ]}
      />
      {info.droppedRows > 0 && <Alert color="amber">{t('data.dropped', { count: info.droppedRows })}</Alert>}
    </>
  )
}

function Retention({ draft }: { draft: Draft }) {
  const { t } = useTranslation('settings')
  return (
    <Section title={t('data.retention')} description={t('data.retentionText')}>
      <Group align="flex-start" gap="lg">
        <Limit draft={draft} field="retentionDays" label={t('data.days')} unit={t('data.daysUnit')} min={1} max={3650} />
        <Limit
          draft={draft}
          field="retentionMb"
          label={t('data.megabytes')}
          unit={t('data.megabytesUnit')}
          min={10}
          max={100_000}
        />
      </Group>
    </Section>
  )
}

interface LimitProps {
  draft: Draft
  field: keyof Settings & `retention${string}`
  label: string
  unit: string
  min: number
  max: number
}

function Limit({ draft, field, label, unit, min, max }: LimitProps) {
  const { t } = useTranslation('settings')
  const { value, set, errors } = draft
  if (!value) return null
  return (
    <div>
      <NumberInput
        label={label}
        suffix={` ${unit}`}
        value={value[field]}
        onChange={(amount) => set(field, Number(amount))}
        min={min}
        max={max}
        clampBehavior="none"
        allowDecimal={false}
        error={errors[field] && t('data.range', { min, max })}
        w={200}
      />
      <FieldDefault
        name={label}
        value={`${defaultSettings[field]} ${unit}`}
        isDefault={value[field] === defaultSettings[field]}
        onReset={() => set(field, defaultSettings[field])}
      />
    </div>
  )
}
