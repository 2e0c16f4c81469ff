/** The fail-over drill of a pool: what it does, and its report. */
import { Alert, Button, Group, List, Loader, Modal, Stack, Table, Text } from '@mantine/core'
import { IconCircleCheck, IconCircleX, IconShieldCheck } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { DrillReport, Pool } from '../../../src-preload/contract/index.ts'
import { formatDateTime, formatDuration, formatPool } from '../../format.ts'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { useApi } from '../../queries/api.tsx'
import { useStore } from '../../shell/store.ts'
import classes from './drill.module.css'
import { drillName } from './drill-states.ts'
import { drills, runDrill } from './drills.ts'
import { useDrillWords } from './use-drill-words.ts'

/** `pool` null = closed. */
export function DrillDialog({ pool, onClose }: { pool: Pool | null; onClose: () => void }) {
  const { t } = useTranslation(['pools', 'common'])
  return (
    <Modal
      opened={pool !== null}
      onClose={onClose}
      size={860}
      title={pool && t('drill.title', pool)}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      {pool && <Drill pool={pool} />}
    </Modal>
  )
}

/** What a drill does, its button, and the last report. */
export function Drill({ pool }: { pool: Pool }) {
  const { t } = useTranslation('pools')
  const { client, orpc } = useApi()
  const workspace = useQuery(orpc.system.info.queryOptions()).data?.workspace
  const states = useStore(drills)
  const state = workspace === undefined ? undefined : states[drillName({ workspace, slug: pool.slug })]
  const run = () => {
    if (workspace !== undefined) void runDrill(client, { workspace, slug: pool.slug, name: pool.name })
  }
  return (
    <Stack gap="md">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Text size="sm" c="dimmed">
          {t('drill.help')}
        </Text>
        <Button
          onClick={run}
          loading={state?.kind === 'running'}
          disabled={workspace === undefined}
          leftSection={<IconShieldCheck size={15} />}
          variant={state?.kind === 'done' ? 'default' : 'filled'}
          className={classes.run}
          data-autofocus
        >
          {t(state?.kind === 'done' ? 'drill.again' : 'drill.button')}
        </Button>
      </Group>
      <div aria-live="polite">
        {state?.kind === 'running' && (
          <Group gap="sm" wrap="nowrap">
            <Loader size="sm" aria-hidden />
            <Text size="sm">{t('drill.running')}</Text>
          </Group>
        )}
        {state?.kind === 'failed' && <ErrorNotice error={state.error} onRetry={run} />}
        {state?.kind === 'done' && <Report report={state.report} at={state.at} />}
      </div>
    </Stack>
  )
}

function Report({ report, at }: { report: DrillReport; at: number }) {
  const { t, i18n } = useTranslation('pools')
  const { failed, passed, promises, noted, keys, calls, ms } = report
  const time = formatDuration(ms, i18n.language)
  const inWords = useDrillWords()
  return (
    <Stack gap="sm">
      <Alert
        color={failed === 0 ? 'green' : 'red'}
        icon={failed === 0 ? <IconCircleCheck /> : <IconCircleX />}
        title={
          failed === 0 ? t('drill.allKept') : `${t('drill.broken', { count: failed })}, ${t('drill.kept', { count: passed })}`
        }
      >
        <Text size="sm">
          {t('drill.facts', { keys, calls, time })} · {formatDateTime(at, i18n.language)}
        </Text>
      </Alert>
      <Table.ScrollContainer minWidth={560}>
        <Table aria-label={t('drill.title', { name: formatPool(report.pool) })} verticalSpacing={7} className={classes.table}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={110}>{t('drill.state')}</Table.Th>
              <Table.Th>{t('drill.promise')}</Table.Th>
              <Table.Th>{t('drill.seen')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {promises.map(({ fault, passed: kept, said }) => (
              <Table.Tr key={fault}>
                <Table.Td>
                  <span className={classes.state} data-kept={kept}>
                    {kept ? <IconCircleCheck size={16} aria-hidden /> : <IconCircleX size={16} aria-hidden />}
                    {t(kept ? 'drill.passed' : 'drill.failed')}
                  </span>
                </Table.Td>
                <Table.Td>
                  <b>{t(`drill.faults.${fault}`)}</b>
                  <br />
                  {t(`drill.promises.${fault}`)}
                </Table.Td>
                <Table.Td>{inWords(said)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {noted.length > 0 && (
        <div>
          <Text size="sm" fw={600}>
            {t('drill.notes')}
          </Text>
          <List size="sm">
            {noted.map((note) => (
              <List.Item key={note.id}>{inWords([note])}</List.Item>
            ))}
          </List>
        </div>
      )}
    </Stack>
  )
}
