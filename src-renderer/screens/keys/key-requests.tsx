/** What a key did lately. */
import { Anchor, Group, Stack, Table, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { formatDuration } from '../../format.ts'
import { Ago } from '../../parts/ago.tsx'
import { ErrorNotice } from '../../parts/error-notice.tsx'
import { SkeletonRows } from '../../parts/skeletons.tsx'
import { useApi } from '../../queries/api.tsx'
import { hrefOf } from '../../route.ts'

export function KeyRequests({ id }: { id: string }) {
  const { t, i18n } = useTranslation(['keys', 'common'])
  const { orpc } = useApi()
  const recent = useQuery(orpc.requests.list.queryOptions({ input: { key: id, limit: 10 } }))
  return (
    <Stack gap="xs" component="section" aria-label={t('drawer.requests')}>
      <Group justify="space-between">
        <Title order={3}>{t('drawer.requests')}</Title>
        <Anchor size="sm" href={hrefOf('traffic', { key: id })}>
          {t('drawer.allRequests')}
        </Anchor>
      </Group>
      {recent.error ? (
        <ErrorNotice error={recent.error} onRetry={() => void recent.refetch()} />
      ) : recent.isPending ? (
        <SkeletonRows rows={3} />
      ) : recent.data.items.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('drawer.noRequests')}
        </Text>
      ) : (
        <Table aria-label={t('drawer.requests')}>
          <Table.Tbody>
            {recent.data.items.map((row) => {
              const mine = row.attempts.findLast((attempt) => attempt.keyId === id)
              return (
                <Table.Tr key={row.id}>
                  <Table.Td c="dimmed">
                    <Ago at={row.at} />
                  </Table.Td>
                  <Table.Td>{t(`common:outcomes.${mine?.outcome ?? row.outcome}`)}</Table.Td>
                  <Table.Td>{row.modelServed ?? row.modelAsked ?? row.path}</Table.Td>
                  <Table.Td ta="right">{formatDuration(mine?.ms ?? row.msTotal, i18n.language)}</Table.Td>
                </Table.Tr>
              )
            })}
          </Table.Tbody>
        </Table>
      )}
    </Stack>
  )
}
