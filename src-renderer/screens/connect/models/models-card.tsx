/** What the unified API serves now. */
import { ActionIcon, Anchor, Button, Group, Table, Text, TextInput, VisuallyHidden } from '@mantine/core'
import { IconAlertTriangle, IconCircleCheck, IconFlask, IconRefresh, IconRoute, IconSearch } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ServedModel } from '../../../../src-preload/contract/index.ts'
import { formatPool } from '../../../format.ts'
import { CopyButton } from '../../../parts/copy-button.tsx'
import { ErrorNotice } from '../../../parts/error-notice.tsx'
import { Section } from '../../../parts/page.tsx'
import { PoolPicker } from '../../../parts/pool-picker.tsx'
import { SkeletonRows } from '../../../parts/skeletons.tsx'
import { toastDone, toastError } from '../../../parts/toast.tsx'
import { useApi } from '../../../queries/api.tsx'
import { hrefOf } from '../../../route.ts'
import { useProxyUrl } from '../use-proxy-url.ts'
import classes from './models.module.css'

/** A provider may list hundreds; the rest is one click away. */
const shownFirst = 60

export function ModelsCard({ onRoute }: { onRoute: (model: string) => void }) {
  const { t } = useTranslation('gateway')
  const { client, orpc } = useApi()
  const { url } = useProxyUrl()
  const models = useQuery(orpc.routes.models.queryOptions())
  const refresh = useMutation({
    mutationFn: () => client.routes.refresh(),
    onSuccess: (served, _input, _result, context) => {
      context.client.setQueryData(orpc.routes.models.queryKey(), served)
      toastDone(t('models.refreshed'))
    },
    onError: (error) => toastError(error),
  })
  return (
    <Section
      title={t('models.title')}
      description={t('models.text', { address: `${url}/v1` })}
      actions={
        <Button
          variant="default"
          leftSection={<IconRefresh size={15} />}
          onClick={() => refresh.mutate()}
          loading={refresh.isPending}
        >
          {t('models.refresh')}
        </Button>
      }
    >
      {models.isError && <ErrorNotice error={models.error} onRetry={() => void models.refetch()} />}
      {models.isPending && <SkeletonRows rows={6} />}
      {models.data?.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('models.none')}
        </Text>
      )}
      {models.data && models.data.length > 0 && <ModelList models={models.data} onRoute={onRoute} />}
    </Section>
  )
}

function ModelList({ models, onRoute }: { models: readonly ServedModel[]; onRoute: (model: string) => void }) {
  const { t } = useTranslation('gateway')
  const [text, setText] = useState('')
  const [pool, setPool] = useState<string | null>(null)
  const [all, setAll] = useState(false)
  const wanted = text.trim().toLowerCase()
  const fitting = models.filter((entry) => (pool === null || entry.pool === pool) && entry.model.toLowerCase().includes(wanted))
  const ready = fitting.filter((entry) => entry.ready).length
  return (
    <>
      <Group gap="sm">
        <TextInput
          aria-label={t('models.search')}
          placeholder={t('models.search')}
          leftSection={<IconSearch size={15} />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          w={240}
        />
        <PoolPicker value={pool} onChange={setPool} />
        <Text size="sm" c="dimmed" role="status">
          {t('models.count', { count: fitting.length, ready })}
        </Text>
      </Group>
      {fitting.length === 0 ? (
        <Text size="sm">{t('models.nothing', { text: text.trim() })}</Text>
      ) : (
        <ModelTable models={all ? fitting : fitting.slice(0, shownFirst)} onRoute={onRoute} />
      )}
      {!all && fitting.length > shownFirst && (
        <div>
          <Button variant="subtle" size="compact-sm" onClick={() => setAll(true)}>
            {t('models.more', { count: fitting.length })}
          </Button>
        </div>
      )}
    </>
  )
}

function ModelTable({ models, onRoute }: { models: readonly ServedModel[]; onRoute: (model: string) => void }) {
  const { t } = useTranslation(['gateway', 'common', 'playground'])
  return (
    <Table.ScrollContainer minWidth={560}>
      <Table aria-label={t('gateway:models.title')} verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('gateway:models.model')}</Table.Th>
            <Table.Th>{t('gateway:models.pool')}</Table.Th>
            <Table.Th>{t('gateway:models.provider')}</Table.Th>
            <Table.Th>{t('gateway:models.source')}</Table.Th>
            <Table.Th>{t('gateway:models.state')}</Table.Th>
            <Table.Th w={112}>
              <VisuallyHidden>{t('common:copy')}</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {models.map((entry) => (
            <Table.Tr key={`${entry.pool}/${entry.model}`}>
              <Table.Td className={classes.model}>{entry.model}</Table.Td>
              <Table.Td>
                <Anchor size="sm" href={hrefOf('keys', { pool: entry.pool })}>
                  {formatPool(entry.pool)}
                </Anchor>
              </Table.Td>
              <Table.Td>{entry.provider}</Table.Td>
              <Table.Td>{t(`gateway:models.sources.${entry.source}`)}</Table.Td>
              <Table.Td>
                <Readiness ready={entry.ready} />
              </Table.Td>
              <Table.Td className={classes.actions}>
                <ActionIcon
                  data-tip=""
                  variant="subtle"
                  color="gray"
                  aria-label={t('gateway:models.route', { model: entry.model })}
                  onClick={() => onRoute(entry.model)}
                >
                  <IconRoute size={15} />
                </ActionIcon>
                <ActionIcon
                  data-tip=""
                  component="a"
                  href={hrefOf('playground', { model: `${entry.pool}/${entry.model}` })}
                  variant="subtle"
                  color="gray"
                  aria-label={t('playground:tryModel', { model: entry.model })}
                >
                  <IconFlask size={15} />
                </ActionIcon>
                <CopyButton value={entry.model} label={t('gateway:models.copy', { model: entry.model })} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Readiness({ ready }: { ready: boolean }) {
  const { t } = useTranslation('gateway')
  return (
    <span className={classes.state} data-ready={ready}>
      {ready ? <IconCircleCheck size={15} aria-hidden /> : <IconAlertTriangle size={15} aria-hidden />}
      {t(ready ? 'models.ready' : 'models.notReady')}
    </span>
  )
}
