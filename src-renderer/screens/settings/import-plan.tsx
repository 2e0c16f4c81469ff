/** What an import would do, or has done: pool by pool, key by key. */
import { Badge, Group, ScrollArea, Stack, Table, Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ImportPlan } from '../../../src-preload/contract/index.ts'
import { formatPool } from '../../format.ts'
import { said } from '../../i18n/said.ts'
import { DifferenceList } from '../../parts/difference/difference-list.tsx'
import { usePoolDifferences } from '../pools/use-pool-differences.ts'
import { useSettingDifferences } from './use-setting-differences.ts'

type Action = ImportPlan['pools'][number]['action'] | ImportPlan['keys']['rows'][number]['action']

const colors: Record<Action, string> = {
  add: 'green',
  replace: 'amber',
  same: 'gray',
  refused: 'red',
  link: 'indigo',
  'no-secret': 'amber',
}

export function ImportPlanView({ plan }: { plan: ImportPlan }) {
  const { t } = useTranslation('settings')
  const settingDifferences = useSettingDifferences()
  return (
    <Stack gap="sm" role="region" aria-label={t(plan.applied ? 'import.done' : 'import.willDo')}>
      <Text fw={500}>{t(plan.applied ? 'import.done' : 'import.willDo')}</Text>
      {plan.pools.length > 0 && <Pools pools={plan.pools} />}
      {plan.keys.rows.length > 0 && <Keys keys={plan.keys} />}
      <Named kind="routes" rows={plan.routes.map(({ model, ...row }) => ({ name: model, ...row }))} />
      <Named kind="prompts" rows={plan.prompts.map(({ slug, ...row }) => ({ name: slug, ...row }))} />
      <Named kind="clients" rows={plan.clients} />
      <Named kind="remotes" rows={plan.remotes} />
      {plan.settings.length > 0 && (
        <div>
          <Title order={3} mb={4}>
            {t('import.settings')}
          </Title>
          <DifferenceList differences={settingDifferences(plan.settingsBefore, plan.settingsAfter)} />
        </div>
      )}
    </Stack>
  )
}

function Pools({ pools }: { pools: ImportPlan['pools'] }) {
  const { t } = useTranslation('settings')
  const differencesOf = usePoolDifferences()
  const why = ({ before, after, reason }: ImportPlan['pools'][number]): ReactNode => {
    if (reason !== null || !before || !after) return reason === null ? '' : said(reason)
    const differences = differencesOf(before, after)
    // What the apipool protocol keeps beside a pool has no words here.
    return differences.length > 0 ? <DifferenceList differences={differences} /> : t('import.beside')
  }
  return (
    <Rows
      title={t('import.pools')}
      first={t('import.pool')}
      rows={pools.map((pool) => ({ name: formatPool(pool.slug), action: pool.action, why: why(pool) }))}
    />
  )
}

function Keys({ keys: { counts, rows, left } }: { keys: ImportPlan['keys'] }) {
  const { t } = useTranslation('settings')
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  return (
    <>
      <Rows
        title={t('import.keys')}
        first={t('import.key')}
        counts={Object.entries(counts) as [Action, number][]}
        rows={rows.map(({ label, hint, action, reason }) => ({
          name: label === hint ? label : `${label} · ${hint}`,
          action,
          why: reason === null ? '' : said(reason),
        }))}
      />
      {left > 0 && <Text size="sm">{t('import.left', { count: left })}</Text>}
      {total > rows.length && (
        <Text size="xs" c="dimmed">
          {t('import.more', { shown: rows.length, total })}
        </Text>
      )}
    </>
  )
}

interface NamedProps {
  kind: 'routes' | 'prompts' | 'clients' | 'remotes'
  rows: { name: string; action: Action; reason: string | null }[]
}

function Named({ kind, rows }: NamedProps) {
  const { t } = useTranslation('settings')
  if (rows.length === 0) return null
  // What has no secret in a document needs one afterwards, and is told so.
  const needs = (action: Action) =>
    action === 'add' && (kind === 'clients' || kind === 'remotes') ? t(`import.needs.${kind}`) : ''
  return (
    <Rows
      title={t(`import.kinds.${kind}`)}
      first={t(`import.kind.${kind}`)}
      rows={rows.map(({ name, action, reason }) => ({ name, action, why: reason === null ? needs(action) : said(reason) }))}
    />
  )
}

interface RowsProps {
  title: string
  first: string
  rows: { name: string; action: Action; why: ReactNode }[]
  counts?: [Action, number][]
}

function Rows({ title, first, rows, counts = [] }: RowsProps) {
  const { t } = useTranslation('settings')
  return (
    <div>
      <Group gap="xs" mb={4}>
        <Title order={3}>{title}</Title>
        {counts.map(([action, count]) => (
          <Badge key={action} color={colors[action]}>
            {count} {t(`import.actions.${action}`)}
          </Badge>
        ))}
      </Group>
      <ScrollArea.Autosize mah={260} viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': title }}>
        <Table stickyHeader aria-label={title}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{first}</Table.Th>
              <Table.Th>{t('import.what')}</Table.Th>
              <Table.Th>{t('import.why')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(({ name, action, why }, index) => (
              <Table.Tr key={index}>
                <Table.Td>{name}</Table.Td>
                <Table.Td>
                  <Badge color={colors[action]}>{t(`import.actions.${action}`)}</Badge>
                </Table.Td>
                <Table.Td>{why}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea.Autosize>
    </div>
  )
}
