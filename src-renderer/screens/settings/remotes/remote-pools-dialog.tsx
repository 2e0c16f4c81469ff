/** What a server offers, and the way to use one of its pools here. */
import { Button, Modal, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Remote, RemotePool } from '../../../../src-preload/contract/index.ts'
import { formatPool } from '../../../format.ts'
import { ErrorNotice } from '../../../parts/error-notice.tsx'
import { SkeletonRows } from '../../../parts/skeletons.tsx'
import { useApi } from '../../../queries/api.tsx'
import { hrefOf } from '../../../route.ts'
import { LinkForm } from './link-form.tsx'
import classes from './remotes.module.css'

/** `remote` null = closed. */
export function RemotePoolsDialog({ remote, onClose }: { remote: Remote | null; onClose: () => void }) {
  const { t } = useTranslation(['servers', 'common'])
  const [chosen, setChosen] = useState<RemotePool | null>(null)
  const close = () => {
    setChosen(null)
    onClose()
  }
  return (
    <Modal
      opened={remote !== null}
      onClose={close}
      size={720}
      title={remote && (chosen ? t('servers:link.title', chosen) : t('servers:remotes.poolsOf', remote))}
      closeButtonProps={{ 'aria-label': t('common:close') }}
    >
      {remote && !chosen && <Offered remote={remote} onChoose={setChosen} />}
      {remote && chosen && <LinkForm remote={remote} offered={chosen} onClose={() => setChosen(null)} />}
    </Modal>
  )
}

function Offered({ remote, onChoose }: { remote: Remote; onChoose: (pool: RemotePool) => void }) {
  const { t } = useTranslation('servers')
  const { orpc } = useApi()
  // Asked at the server each time: nobody tells when its pools change.
  const pools = useQuery(orpc.remotes.pools.queryOptions({ input: { id: remote.id }, staleTime: 0 }))
  if (pools.isError) return <ErrorNotice error={pools.error} onRetry={() => void pools.refetch()} />
  if (!pools.data) return <SkeletonRows rows={3} />
  if (pools.data.length === 0)
    return (
      <Text size="sm" c="dimmed">
        {t('remotes.offersNone')}
      </Text>
    )
  return (
    <Table.ScrollContainer minWidth={480}>
      <Table aria-label={t('remotes.poolsOf', remote)} className={classes.table}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('remotes.pool')}</Table.Th>
            <Table.Th>{t('remotes.clientType')}</Table.Th>
            <Table.Th>{t('remotes.keys')}</Table.Th>
            <Table.Th>{t('remotes.here')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {pools.data.map((pool) => (
            <Table.Tr key={pool.identifier}>
              <Table.Td>
                {pool.name}
                <Text size="xs" c="dimmed">
                  {[pool.identifier, pool.description].filter(Boolean).join(' · ')}
                </Text>
              </Table.Td>
              <Table.Td>{pool.clientType}</Table.Td>
              <Table.Td>{pool.keys}</Table.Td>
              <Table.Td>
                {pool.pool === null ? (
                  <Button
                    size="compact-sm"
                    variant="default"
                    onClick={() => onChoose(pool)}
                    aria-label={t('remotes.useName', pool)}
                  >
                    {t('remotes.use')}
                  </Button>
                ) : (
                  <a className={classes.link} href={hrefOf('keys', { pool: pool.pool })}>
                    {formatPool(pool.pool)}
                  </a>
                )}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
