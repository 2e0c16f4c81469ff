/** The routes of the unified API, in a table. */
import { ActionIcon, Button, Table, Text, VisuallyHidden } from '@mantine/core'
import { IconAlertTriangle, IconPlus, IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { ModelRouteView, Pool } from '../../../../src-preload/contract/index.ts'
import { formatNames, formatPercent, formatPool } from '../../../format.ts'
import { ErrorNotice } from '../../../parts/error-notice.tsx'
import { Section } from '../../../parts/page.tsx'
import { SkeletonRows } from '../../../parts/skeletons.tsx'
import { useApi } from '../../../queries/api.tsx'
import classes from './models.module.css'
import { placeText, shareOf } from './route-draft.ts'
import { useRouteActions } from './use-route-actions.ts'

export interface RoutesCardProps {
  pools: readonly Pool[]
  onAdd: () => void
  onOpen: (route: ModelRouteView) => void
}

export function RoutesCard({ pools, onAdd, onOpen }: RoutesCardProps) {
  const { t } = useTranslation('gateway')
  const { orpc } = useApi()
  const routes = useQuery(orpc.routes.list.queryOptions())
  return (
    <Section
      title={t('routes.title')}
      description={t('routes.text')}
      actions={
        <Button variant="default" leftSection={<IconPlus size={15} />} onClick={onAdd} disabled={pools.length === 0}>
          {t('routes.add')}
        </Button>
      }
    >
      {routes.isError && <ErrorNotice error={routes.error} onRetry={() => void routes.refetch()} />}
      {routes.isPending && <SkeletonRows rows={2} />}
      {routes.data?.length === 0 && (
        <Text size="sm" c="dimmed">
          {t(pools.length === 0 ? 'routes.noPools' : 'routes.none')}
        </Text>
      )}
      {routes.data && routes.data.length > 0 && <RouteTable routes={routes.data} onOpen={onOpen} />}
    </Section>
  )
}

function RouteTable({ routes, onOpen }: { routes: readonly ModelRouteView[]; onOpen: (route: ModelRouteView) => void }) {
  const { t } = useTranslation('gateway')
  const { remove } = useRouteActions()
  return (
    <Table.ScrollContainer minWidth={520}>
      <Table aria-label={t('routes.title')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('routes.model')}</Table.Th>
            <Table.Th>{t('routes.targets')}</Table.Th>
            <Table.Th>{t('routes.chain')}</Table.Th>
            <Table.Th>{t('routes.notes')}</Table.Th>
            <Table.Th w={44}>
              <VisuallyHidden>{t('routes.remove')}</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {routes.map((route) => (
            <Table.Tr key={route.id}>
              <Table.Td>
                <button
                  type="button"
                  className={classes.name}
                  onClick={() => onOpen(route)}
                  aria-label={t('routes.open', { model: route.model })}
                >
                  {route.model}
                </button>
              </Table.Td>
              <Table.Td>
                <Targets route={route} />
              </Table.Td>
              <Table.Td>{route.then.map(placeText).join(' → ')}</Table.Td>
              <Table.Td>
                <Text size="sm" lineClamp={1} title={route.notes}>
                  {route.notes}
                </Text>
              </Table.Td>
              <Table.Td>
                <ActionIcon
                  data-tip=""
                  variant="subtle"
                  color="red"
                  aria-label={t('routes.removeName', { model: route.model })}
                  onClick={() => void remove(route)}
                >
                  <IconTrash size={16} />
                </ActionIcon>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}

function Targets({ route }: { route: ModelRouteView }) {
  const { t, i18n } = useTranslation('gateway')
  const { targets, missingPools } = route
  return (
    <>
      <ul className={classes.places}>
        {targets.map((target, at) => (
          <li key={at}>
            {placeText(target)}
            {targets.length > 1 && ` · ${formatPercent(shareOf(targets, at), i18n.language)}`}
          </li>
        ))}
      </ul>
      {missingPools.length > 0 && (
        <span className={classes.missing}>
          <IconAlertTriangle size={14} aria-hidden />
          {t('routes.missingShort', {
            count: missingPools.length,
            pools: formatNames(missingPools.map(formatPool), i18n.language),
          })}
        </span>
      )}
    </>
  )
}
